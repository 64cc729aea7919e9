package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.tensor.Dtype;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is said when an export cannot be done, and that nothing is left of it.
@ExtendWith(LeakCheck.class)
class ExportErrorsTest {
    @TempDir private Path folder = Path.of("");

    @AfterEach
    void nothingIsLeft() {
        assertThat(folder).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void anAdapterOfAnotherBaseNamesItsTensors() {
        AttuneException e = error(merged("llama", "adapter-gemma2"));
        assertThat(e.kind()).isEqualTo(ErrorKind.USER);
        assertThat(e.what())
                .contains("problems")
                .contains("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight: shape")
                .contains("model.layers.2.");
        assertThat(target()).doesNotExist();
    }

    @Test
    void aTargetThatIsTheBase() {
        Path base = reference("llama");
        AttuneException e = error(ExportRequest.model(base, base));
        assertThat(e.what()).isEqualTo("The folder to write is that of the base model.");
        assertThat(e.fix()).hasValue("Name another folder.");
    }

    @Test
    void aTargetInsideTheBase() {
        Path base = reference("llama");
        AttuneException e = error(ExportRequest.model(base, base.resolve("out/merged")));
        assertThat(e.what()).isEqualTo("The folder to write is inside the base model.");
        assertThat(base.resolve("out")).doesNotExist();
    }

    @Test
    void aTargetAroundTheAdapter() {
        Path adapter = reference("train-llama-lora-all/adapter_final");
        Path around = reference("train-llama-lora-all");
        AttuneException e = error(ExportRequest.merged(reference("llama"), adapter, around));
        assertThat(e.what()).isEqualTo("The folder to write holds the adapter.");
    }

    @Test
    void aTargetThatIsReachedThroughALink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), reference("llama"));
        AttuneException e = error(ExportRequest.model(reference("llama"), link));
        assertThat(e.what()).isEqualTo("The folder to write is that of the base model.");
    }

    @Test
    void aTargetThatIsNotEmpty() throws IOException {
        Files.createDirectory(target());
        Files.writeString(target().resolve("notes.txt"), "mine");
        ExportRequest request = merged("llama", "adapter-llama-embed");
        AttuneException e = error(request);
        assertThat(e.what()).isEqualTo("The folder to write is not empty.");
        assertThat(e.where()).hasValue(target().toString());
        AttuneException overwriting = error(request.with(ExportOptions.usual().overwriting()));
        assertThat(overwriting.what())
                .isEqualTo("The folder to overwrite holds no model or adapter.");
        assertThat(target().resolve("notes.txt")).hasContent("mine");
    }

    @Test
    void aTargetThatIsAFile() throws IOException {
        Files.writeString(target(), "mine");
        AttuneException e = error(merged("llama", "adapter-llama-embed"));
        assertThat(e.what()).isEqualTo("The folder to write is a file.");
    }

    @Test
    void aTargetBelowAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "mine");
        AttuneException e = error(ExportRequest.model(reference("llama"), file.resolve("a/b")));
        assertThat(e.what()).isEqualTo("The folder to write would be inside a file.");
        assertThat(e.where()).hasValue(file.toString());
    }

    @Test
    void aParentWithoutTheRightToWrite() throws IOException {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Assumptions.assumeTrue(locked.toFile().setWritable(false));
        Assumptions.assumeFalse(Files.isWritable(locked), "skipped: this user may write anywhere");
        AttuneException e = error(ExportRequest.model(reference("llama"), locked.resolve("x")));
        assertThat(e.kind()).isEqualTo(ErrorKind.ENVIRONMENT);
        assertThat(e.what()).isEqualTo("The folder cannot be written to.");
    }

    @Test
    void aFullDisk() {
        AttuneException e =
                error(merged("llama", "adapter-llama-embed"), new ModelExport(_ -> 1000));
        assertThat(e.kind()).isEqualTo(ErrorKind.RESOURCES);
        assertThat(e.what())
                .matches("Writing needs \\d+ bytes, but the disk has only 1000 free\\.");
        assertThat(e.fix()).hasValue("Free some space, or write to another disk.");
    }

    @Test
    void aMissingConfigOfTheBase() throws IOException {
        Path base = Files.createDirectory(folder.resolve("base"));
        AttuneException e = error(ExportRequest.model(base, target()));
        assertThat(e.what()).isEqualTo("The folder has no config.json.");
    }

    @Test
    void aMissingAdapterAndOneWithoutConfig() throws IOException {
        Path missing = folder.resolve("adapter");
        ExportRequest request = ExportRequest.merged(reference("llama"), missing, target());
        assertThat(error(request).what()).isEqualTo("The adapter " + missing + " does not exist.");
        Files.createDirectory(missing);
        assertThat(error(request).what()).isEqualTo("The folder has no adapter_config.json.");
    }

    @Test
    void aModelForPeft() {
        AttuneException e =
                error(
                        new ExportRequest(
                                reference("llama"),
                                Optional.empty(),
                                target(),
                                ExportFormat.PEFT,
                                ExportOptions.usual()));
        assertThat(e.what()).isEqualTo("There is no adapter to write for PEFT.");
    }

    @Test
    void aTokenThatTheModelLacks() {
        AttuneException e =
                error(
                        merged("llama", "adapter-llama-embed")
                                .with(ExportOptions.usual().checkedWith(List.of(1, 256))));
        assertThat(e.what()).isEqualTo("The token id 256 is none of the model's 256.");
    }

    @Test
    void aTypeThatNoWeightsHave() {
        AttuneException e =
                catchThrowableOfType(
                        AttuneException.class, () -> ExportOptions.usual().typed(Dtype.INT8));
        assertThat(e.what()).isEqualTo("Cannot write weights as int8.");
    }

    @Test
    void otherLogitsAreAFailureThatNamesThePlace() {
        LogitCheck check = LogitCheck.of(List.of(1, 2), 3, 8);
        float[] expected = {1, 2, 3, 4, 5, 6};
        float[] found = {1, 2, 3, 4, 5.5f, 6};
        AttuneException e =
                catchThrowableOfType(
                        AttuneException.class, () -> check.compare(expected, found, Dtype.FLOAT32));
        assertThat(e.kind()).isEqualTo(ErrorKind.INTERNAL);
        assertThat(e.what())
                .startsWith(
                        "The written model gives other logits: 5.5 for 5.0 at position 1, token 1");
        float[] broken = {1, 2, Float.NaN, 4, 5, 6};
        assertThat(
                        catchThrowableOfType(
                                        AttuneException.class,
                                        () -> check.compare(expected, broken, Dtype.BFLOAT16))
                                .what())
                .contains("NaN for 3.0 at position 0, token 2");
    }

    @Test
    void aMergeThatFailsItsCheckLeavesNothing() {
        // Whoever hears of the last tensor ruins the file before it is checked.
        ExportProgress vandal =
                (_, done, total) -> {
                    if (done == total) {
                        clearTheEnd(folder);
                    }
                };
        ExportRequest request = merged("llama", "adapter-llama-embed");
        AttuneException e =
                catchThrowableOfType(
                        AttuneException.class, () -> new ModelExport().export(request, vandal));
        assertThat(e.kind()).isEqualTo(ErrorKind.INTERNAL);
        assertThat(e.what())
                .startsWith("The written model gives other logits: 0.0 for ")
                .endsWith("Nothing was kept.");
        assertThat(target()).doesNotExist();
    }

    /// Sets to zero what comes last in a file of weights: the final norm.
    private static void clearTheEnd(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            Path weights =
                    all.filter(p -> p.getFileName().toString().startsWith(".model.safetensors"))
                            .findFirst()
                            .orElseThrow();
            try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(256), Files.size(weights) - 256);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anInterruptedExportLeavesNothing() {
        ExportRequest request = merged("llama", "adapter-llama-embed");
        ExportProgress interruption =
                (_, done, _) -> {
                    if (done == 3) {
                        throw new IllegalStateException("stopped");
                    }
                };
        IllegalStateException e =
                catchThrowableOfType(
                        IllegalStateException.class,
                        () -> new ModelExport().export(request, interruption));
        assertThat(e).hasMessage("stopped");
        assertThat(target()).doesNotExist();
    }

    private ExportRequest merged(String base, String adapter) {
        return ExportRequest.merged(reference(base), reference(adapter), target());
    }

    private Path target() {
        return folder.resolve("target");
    }

    private static Path reference(String name) {
        return SharedData.path("reference/" + name);
    }

    private static AttuneException error(ExportRequest request) {
        return error(request, new ModelExport());
    }

    private static AttuneException error(ExportRequest request, ModelExport export) {
        return catchThrowableOfType(
                AttuneException.class, () -> export.export(request, ExportProgress.none()));
    }
}
