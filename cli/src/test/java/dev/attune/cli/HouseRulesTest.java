package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/// The rules of CONTRIBUTING.md that are read off the sources and the POMs of every module.
class HouseRulesTest {
    private static final Path ROOT = Path.of(System.getProperty("attune.root"));
    private static final int MAX_FILE_LINES = 500;
    private static final int MAX_METHOD_LINES = 80;
    private static final Pattern OWN_DEPENDENCY =
            Pattern.compile(
                    "<groupId>dev\\.attune</groupId>\\s*<artifactId>(\\w+)</artifactId>\\s*(<scope>test)?");

    @Test
    void everyModuleStandsInTheTableOfArrows() throws IOException {
        assertThat(Arrows.ALLOWED.keySet()).containsAll(modules());
    }

    @Test
    void everyPomNamesOnlyWhatTheTableAllows() throws IOException {
        for (String module : modules()) {
            assertThat(Arrows.ALLOWED.get(module))
                    .as("dependencies of %s/pom.xml on modules of Attune", module)
                    .containsAll(dependencies(module));
        }
    }

    @Test
    void noFileIsLongerThan500Lines() throws IOException {
        var tooLong = new ArrayList<String>();
        for (Path file : javaFiles()) {
            long lines;
            try (var text = Files.lines(file)) {
                lines = text.count();
            }
            if (lines > MAX_FILE_LINES) {
                tooLong.add(ROOT.relativize(file) + ": " + lines + " lines");
            }
        }
        assertThat(tooLong).isEmpty();
    }

    @Test
    void noMethodIsLongerThan80Lines() throws IOException {
        var tooLong = new ArrayList<String>();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            var sources = manager.getJavaFileObjectsFromPaths(javaFiles());
            var task = (JavacTask) compiler.getTask(null, manager, null, List.of(), null, sources);
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (var unit : task.parse()) {
                new LongMethods(unit, positions, tooLong).scan(unit, null);
            }
        }
        assertThat(tooLong).isEmpty();
    }

    private static Set<String> modules() throws IOException {
        try (var folders = Files.list(ROOT)) {
            var modules = new TreeSet<String>();
            folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .forEach(folder -> modules.add(folder.getFileName().toString()));
            return modules;
        }
    }

    /// The modules of Attune that a module's POM asks for, other than for tests.
    private static Set<String> dependencies(String module) throws IOException {
        String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"));
        var names = new TreeSet<String>();
        OWN_DEPENDENCY
                .matcher(pom.substring(pom.indexOf("</parent>")))
                .results()
                .filter(match -> match.group(2) == null)
                .forEach(match -> names.add(match.group(1)));
        return names;
    }

    private static List<Path> javaFiles() throws IOException {
        var files = new ArrayList<Path>();
        for (String module : modules()) {
            Path source = ROOT.resolve(module).resolve("src");
            if (Files.isDirectory(source)) {
                try (Stream<Path> tree = Files.walk(source)) {
                    tree.filter(file -> file.toString().endsWith(".java"))
                            .sorted()
                            .forEach(files::add);
                }
            }
        }
        return files;
    }

    /// Collects the methods of one file that are too long.
    private static final class LongMethods extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<String> found;

        LongMethods(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            long lines =
                    line(positions.getEndPosition(unit, method))
                            - line(positions.getStartPosition(unit, method))
                            + 1;
            if (lines > MAX_METHOD_LINES) {
                found.add(
                        unit.getSourceFile().getName()
                                + ": "
                                + method.getName()
                                + ", "
                                + lines
                                + " lines");
            }
            return super.visitMethod(method, null);
        }

        private long line(long position) {
            return unit.getLineMap().getLineNumber(position);
        }
    }
}
