package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Loading in a process of its own: what it may touch outside.
class OfflineLoadingTest {
    @TempDir private Path folder;

    @Test
    void loadsWhereThereIsNoNetwork() throws Exception {
        List<String> isolated = List.of("unshare", "-rn");
        Assumptions.assumeTrue(canRun(isolated), "skipped: unshare -rn does not work here");

        String output = run(isolated, folder.resolve("cache").toString(), List.of());

        assertThat(output).as("what the process says, on both streams").isEqualTo("ids 4\n");
        assertThat(Files.isDirectory(folder.resolve("cache")))
                .as("the library is unpacked where DJL_CACHE_DIR says")
                .isTrue();
    }

    @Test
    void looksUpNoHostAndOpensNoConnection() throws Exception {
        // DJL's report goes through these classes: where they are not loaded, nothing was sent.
        String output =
                run(
                        List.of(),
                        folder.resolve("cache").toString(),
                        List.of("-Xlog:class+load:file=" + folder.resolve("classes.log")));

        assertThat(output).as("output").isEqualTo("ids 4\n");
        assertThat(Files.readString(folder.resolve("classes.log")))
                .as("classes that were loaded")
                .contains("ai.djl.huggingface.tokenizers.jni.LibUtils")
                .doesNotContain("java.net.HttpURLConnection", "ai.djl.util.Ec2Utils");
    }

    @Test
    void leavesTheUsersChoiceOfTracking() throws Exception {
        String output =
                run(
                        List.of(),
                        folder.resolve("cache").toString(),
                        List.of("-DOPT_OUT_TRACKING=false", "-Dshow=OPT_OUT_TRACKING"));

        assertThat(output).as("output").isEqualTo("ids 4\nfalse\n");
    }

    @Test
    void saysWhatToDoWhereTheLibraryCannotBeUnpacked() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "no folder");

        String output = run(List.of(), file.toString(), List.of());

        assertThat(output)
                .contains("ENVIRONMENT", "The tokenizers library cannot be loaded")
                .contains("DJL_CACHE_DIR");
    }

    @Test
    void theSmallProgramRefusesWhatIsNoTokenizer() {
        assertThatThrownBy(() -> LoadedAlone.main(new String[] {folder.toString()}))
                .hasMessageContaining("The folder holds no tokenizer");
    }

    private static String run(List<String> prefix, String cache, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(LoadedAlone.class.getName());
        command.add(SentencePieceTest.resource("sentencepiece/bpe.model").toString());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DJL_CACHE_DIR", cache);
        builder.environment().remove("OPT_OUT_TRACKING");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return output(builder);
    }

    private static boolean canRun(List<String> prefix) throws InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String output(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
        return output;
    }
}
