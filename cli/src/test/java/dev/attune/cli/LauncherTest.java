package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The `attune` script, run in a folder of its own with JDKs and a Maven that only tell how they
/// were called.
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final Path ROOT = Path.of(System.getProperty("attune.root"));

    /// Prints one variable and its arguments, one a line; an argument `exit=N` is its exit code.
    private static final String JAVA =
            """
            #!/bin/sh
            echo "omp=$OMP_WAIT_POLICY"
            for arg in "$@"; do echo "<$arg>"; done
            for arg in "$@"; do case $arg in exit=*) exit "${arg#exit=}" ;; esac; done
            """;

    @TempDir private Path temp;
    private Path checkout;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void makeACheckoutWithSpacesInItsPath() throws IOException {
        checkout = Files.createDirectories(temp.resolve("my check out"));
        copy("attune");
        copy("cli/src/main/program/main-class");
        copy("bench/run");
        copy("bench/src/main/program/main-class");
        environment.put("HOME", temp.resolve("home").toString());
        environment.put("PATH", temp.resolve("bin") + ":/usr/bin:/bin");
        environment.put("ATTUNE_JDK_DIRS", temp.resolve("jdks") + ":" + temp.resolve("more jdks"));
    }

    @Test
    void passesArgumentsEnvironmentAndExitCodeThrough() throws Exception {
        built();
        jdk("jdks/b", "25.0.3");
        Run run = attune("train", "a b", "", "exit=3");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out())
                .startsWith("omp=PASSIVE\n")
                .contains("<" + checkout + "/cli/target/attune/lib/*>\n")
                .endsWith("<dev.attune.cli.Attune>\n<train>\n<a b>\n<>\n<exit=3>\n");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void leavesVariablesAloneThatTheCallerSet() throws Exception {
        built();
        jdk("jdks/b", "25");
        environment.put("OMP_WAIT_POLICY", "ACTIVE");
        environment.put("ATTUNE_JAVA_OPTS", "-Xmx9g -Da=b");
        assertThat(attune().out()).startsWith("omp=ACTIVE\n").contains("<-Xmx9g>\n<-Da=b>\n");
    }

    @Test
    void worksThroughARelativeSymbolicLinkFromAnotherFolder() throws Exception {
        built();
        jdk("jdks/b", "25");
        Path bin = Files.createDirectories(temp.resolve("links"));
        Files.createSymbolicLink(bin.resolve("hop"), Path.of("../my check out/attune"));
        Files.createSymbolicLink(bin.resolve("attune"), Path.of("hop"));
        Run run = start(bin, "./attune", "doctor").end();
        assertThat(run.out()).contains("<" + checkout + "/cli/target/attune/lib/*>");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void skipsAnOlderJdkAndTakesTheOneWithSpacesInItsPath() throws Exception {
        built();
        jdk("jdks/a", "17.0.15");
        jdk("more jdks/jdk 25", "25.0.1");
        assertThat(attune().exitCode()).isZero();
    }

    @Test
    void asksTheJavaItselfWhereThereIsNoReleaseFile() throws Exception {
        built();
        Path home = temp.resolve("odd");
        script(home.resolve("bin/java"), "#!/bin/sh\necho 'openjdk version \"25-ea\" 2025' >&2\n");
        environment.put("ATTUNE_JAVA_HOME", home.toString());
        assertThat(attune().exitCode()).isZero();
    }

    @Test
    void saysWhatToInstallWhereThereIsNoJdk25() throws Exception {
        built();
        jdk("jdks/a", "21.0.1");
        environment.put("PATH", tools().toString());
        Run run = attune("doctor");
        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err())
                .startsWith("attune: No Java 25 or later was found.\n  at   ")
                .contains("fix  install a JDK 25");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void refusesAnExplicitJdkThatIsTooOld() throws Exception {
        built();
        environment.put("ATTUNE_JAVA_HOME", jdk("jdks/a", "17").toString());
        Run run = attune();
        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("ATTUNE_JAVA_HOME is ").contains("unset it");
    }

    @Test
    void buildsOnceWhereNothingIsBuiltEvenIfTwoStartTogether() throws Exception {
        jdk("jdks/b", "25");
        maven("mkdir -p cli/target/attune; echo x > cli/target/attune/dependencies.txt");
        Started first = start(checkout, "./attune", "one");
        Started second = start(checkout, "./attune", "two");
        assertThat(first.end().out()).endsWith("<one>\n");
        assertThat(second.end().out()).endsWith("<two>\n");
        assertThat(Files.readAllLines(temp.resolve("mvn.log"))).hasSize(1);
        assertThat(attune("three").err()).isEmpty();
        assertThat(checkout.resolve("target/attune.lock")).doesNotExist();
    }

    @Test
    void aLockWhoseHolderDiedIsTakenOver() throws Exception {
        jdk("jdks/b", "25");
        maven("mkdir -p cli/target/attune; echo x > cli/target/attune/dependencies.txt");
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path lock = Files.createDirectories(checkout.resolve("target/attune.lock"));
        Files.writeString(lock.resolve("pid"), dead.pid() + "\n");
        assertThat(attune("one").exitCode()).isZero();
    }

    @Test
    void aFailedBuildShowsItsErrorsAndLeavesNoLock() throws Exception {
        jdk("jdks/b", "25");
        maven("echo '[INFO] noise'; echo '[ERROR] no such jar'; exit 1");
        Run run = attune();
        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err())
                .contains("[ERROR] no such jar", "The build failed.", "attune-build.log")
                .doesNotContain("noise");
        assertThat(checkout.resolve("target/attune.lock")).doesNotExist();
    }

    @Test
    void rebuildsWhenAsked() throws Exception {
        built();
        jdk("jdks/b", "25");
        maven("true");
        environment.put("ATTUNE_REBUILD", "1");
        assertThat(attune().err()).contains("building").contains("built.");
    }

    @Test
    void aCacheOfAnotherBuildOrJavaIsNotUsed() throws Exception {
        built();
        jdk("jdks/b", "25");
        Files.writeString(checkout.resolve("cli/target/attune/start-1-2.aot"), "stale");
        Run run = attune("doctor");
        assertThat(run.out()).doesNotContain("AOTCache").endsWith("<doctor>\n");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void aBuildLetsJavaWatchAStartAndLaterStartsUseIt() throws Exception {
        Path jdk = jdk("jdks/b", "25");
        script(
                jdk.resolve("bin/java"),
                JAVA
                        + """
                        for arg in "$@"; do case $arg in
                            -XX:AOTCacheOutput=*) echo x >"${arg#-XX:AOTCacheOutput=}" ;;
                        esac; done
                        """);
        maven("mkdir -p cli/target/attune/lib; echo x > cli/target/attune/dependencies.txt");
        String aot = "<-XX:AOTCache=" + checkout + "/cli/target/attune/start-";
        assertThat(attune("one").out()).contains(aot).endsWith("<one>\n");
        assertThat(attune("two").out()).contains(aot, "<-Xlog:aot*=off>\n");
        environment.put("ATTUNE_JAVA_OPTS", "-Xshare:off");
        assertThat(attune("two").out()).doesNotContain("AOTCache");
        environment.remove("ATTUNE_JAVA_OPTS");
        Files.writeString(checkout.resolve("cli/target/attune/lib/new.jar"), "other");
        assertThat(attune("two").out()).doesNotContain("AOTCache");
    }

    @Test
    void aPageOfHelpIsNotCompiledForSpeed() throws Exception {
        built();
        jdk("jdks/b", "25");
        String option = "<-XX:TieredStopAtLevel=1>";
        assertThat(attune("train", "--help").out()).contains(option);
        assertThat(attune("train").out()).doesNotContain(option);
        assertThat(attune("chat", "--", "--help").out()).doesNotContain(option);
    }

    @Test
    void startsTheBenchmarksThroughTheSameScript() throws Exception {
        built("bench");
        jdk("jdks/b", "25");
        Run run = start(temp, checkout.resolve("bench/run").toString(), "step", "--json").end();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("my check out/", "bench/target/attune/lib/*>\n")
                .endsWith("<dev.attune.bench.Bench>\n<step>\n<--json>\n");
    }

    @Test
    void buildsTheProgramThatIsAskedFor() throws Exception {
        jdk("jdks/b", "25");
        maven("mkdir -p bench/target/attune; echo x > bench/target/attune/dependencies.txt");
        assertThat(start(checkout, "bench/run", "step").end().exitCode()).isZero();
        assertThat(Files.readString(temp.resolve("mvn.log"))).contains("-pl bench -am");
        assertThat(checkout.resolve("cli/target")).doesNotExist();
    }

    @Test
    void refusesAProgramThatIsNotThere() throws Exception {
        environment.put("ATTUNE_PROGRAM", "model");
        Run run = attune();
        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err())
                .startsWith("attune: There is no program model.\n  at   ")
                .endsWith("fix  unset ATTUNE_PROGRAM\n");
    }

    @Test
    void bothLaunchersGiveJavaTheSameOptions() throws IOException {
        assertThat(javaOptions("attune.cmd"))
                .isEqualTo(javaOptions("attune"))
                .hasSizeGreaterThan(4);
    }

    /// The options for java in a script, but for the class path.
    private static List<String> javaOptions(String script) throws IOException {
        return Pattern.compile("(?<= )(-X|-D|--enable)\\S+")
                .matcher(Files.readString(ROOT.resolve(script)))
                .results()
                .map(MatchResult::group)
                .filter(option -> !option.startsWith("-Dmaven."))
                .filter(option -> !option.startsWith("-Xmx"))
                .filter(option -> !option.startsWith("-XX:AOT"))
                .filter(option -> !option.startsWith("-Xlog:"))
                .toList();
    }

    @Test
    void saysThatMavenIsMissing() throws Exception {
        jdk("jdks/b", "25");
        environment.put("PATH", tools().toString());
        Run run = attune();
        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.err()).contains("Maven is not on the PATH").contains("Maven 3.8 or later");
    }

    private void built() throws IOException {
        built("cli");
    }

    private void built(String program) throws IOException {
        Path marker = checkout.resolve(program).resolve("target/attune/dependencies.txt");
        Files.createDirectories(marker.getParent());
        Files.writeString(marker, "x");
    }

    private void copy(String file) throws IOException {
        Files.createDirectories(checkout.resolve(file).getParent());
        Files.copy(ROOT.resolve(file), checkout.resolve(file), COPY_ATTRIBUTES);
    }

    private Path jdk(String folder, String version) throws IOException {
        Path home = temp.resolve(folder);
        script(home.resolve("bin/java"), JAVA);
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private void maven(String commands) throws IOException {
        script(
                temp.resolve("bin/mvn"),
                "#!/bin/sh\necho \"$@\" >>'" + temp.resolve("mvn.log") + "'\n" + commands + "\n");
    }

    /// A folder with the tools the script needs, but neither java nor mvn.
    private Path tools() throws IOException {
        Path folder = temp.resolve("tools");
        for (String tool : List.of("sed", "head", "tail", "dirname", "readlink", "mkdir")) {
            Path bin = Path.of(Files.exists(Path.of("/bin", tool)) ? "/bin" : "/usr/bin", tool);
            script(folder.resolve(tool), "#!/bin/sh\nexec " + bin + " \"$@\"\n");
        }
        return folder;
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Run attune(String... args) throws Exception {
        return start(checkout, "./attune", args).end();
    }

    private Started start(Path folder, String command, String... args) throws IOException {
        var line = new ArrayList<String>(List.of(command));
        line.addAll(List.of(args));
        Path out = Files.createTempFile(temp, "out", "");
        Path err = Files.createTempFile(temp, "err", "");
        var builder = new ProcessBuilder(line).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        return new Started(builder.start(), out, err);
    }

    private record Started(Process process, Path out, Path err) {
        Run end() throws Exception {
            int exitCode = process.waitFor();
            return new Run(exitCode, Files.readString(out), Files.readString(err));
        }
    }

    private record Run(int exitCode, String out, String err) {}
}
