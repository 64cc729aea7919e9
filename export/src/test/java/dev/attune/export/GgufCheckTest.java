package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.format.GgufFile;
import dev.attune.model.ModelFolder;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;
import dev.attune.text.TokenSequence;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Adapters that are merged on the way into a GGUF file, and how far the file is from the model.
@ExtendWith(LeakCheck.class)
class GgufCheckTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 7, 10, 12, 0);

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "adapter-qwen3, qwen3",
        "adapter-gpt2, gpt2",
        "adapter-phi3, phi3",
        "adapter-mixtral, mixtral",
        "adapter-llama-embed, llama",
        "train-llama-dora/adapter_final, llama",
        "train-qwen2-lora-all/adapter_final, qwen2"
    })
    void anAdapterIsInTheFile(String adapter, String base) {
        GgufReport report = export(adapter, base, GgufQuant.F32);

        GgufCheck check = report.check().orElseThrow();
        assertThat(check.rows()).as("rows").isZero();
        for (ModelDistance each : List.of(check.file(), check.merged().orElseThrow())) {
            assertThat(each.divergence()).as("divergence from the tuned model").isLessThan(1e-6);
            assertThat(each.sameTokens()).as("same tokens").isEqualTo(1.0);
            assertThat(each.sameAnswers()).as("same answers").isEqualTo(1.0);
        }
        assertThat(check.tuning().orElseThrow())
                .as("divergence of the tuned model from its base")
                .isGreaterThan(1e-4);
        assertThat(check.losesTuning()).as("a warning").isFalse();
    }

    @Test
    void roundingIsMeasuredAndNothingButTheFileIsLeft() throws IOException {
        GgufReport report = export("adapter-qwen3", "qwen3", GgufQuant.Q4_0);

        assertThat(report.check().orElseThrow().file().divergence())
                .as("divergence of 4 bits")
                .isBetween(1e-4, 1.0);
        try (Stream<Path> files = Files.list(report.folder())) {
            assertThat(files).as("files").containsExactly(report.file());
        }
    }

    @Test
    void asksTheQuestionsOfTheRowsAndComparesTheAnswersToThem() {
        List<TokenSequence> rows = List.of(row(5, 3), row(12, 6), row(9, 1));
        GgufReport report =
                export("adapter-qwen3", "qwen3", GgufQuant.F32, new ParityRows(rows, Set.of()));

        GgufCheck check = report.check().orElseThrow();
        assertThat(check.rows()).isEqualTo(3);
        assertThat(check.tokens()).as("24 tokens are answered to each row").isEqualTo(3 * 24);
        assertThat(check.file().sameAnswers()).isEqualTo(1.0);
        assertThat(check.merged().orElseThrow().sameAnswers()).isEqualTo(1.0);
    }

    @Test
    void anAnswerThatLeavesNoRoomIsNotAsked() {
        int longest =
                ModelFolder.read(SharedData.path("reference/qwen3"))
                        .config()
                        .maxPositionEmbeddings();
        GgufReport report =
                export(
                        "adapter-qwen3",
                        "qwen3",
                        GgufQuant.F32,
                        new ParityRows(List.of(row(longest + 3, 3)), Set.of()));

        assertThat(report.check().orElseThrow().rows()).isZero();
    }

    @Test
    void theQuestionEndsWhereTheLastAnswerBegins() {
        BitSet trained = new BitSet();
        trained.set(2, 4);
        trained.set(6, 9);
        assertThat(AskedRows.questionTokens(new TokenSequence(new int[12], trained))).isEqualTo(6);
        trained.set(0, 9);
        assertThat(AskedRows.questionTokens(new TokenSequence(new int[12], trained)))
                .as("half of a text that is learned as a whole")
                .isEqualTo(5);
        assertThat(AskedRows.questionTokens(new TokenSequence(new int[12], new BitSet())))
                .as("of a row without an answer, all")
                .isEqualTo(12);
    }

    /// Four bits lose what an adapter adds that was hardly trained.
    @Test
    void tellsWhenRoundingIsLargerThanTuningAndWhichTypeKeepsIt() throws IOException {
        Path weak = folder.resolve("weak");
        Files.createDirectory(weak);
        Path strong = SharedData.path("reference/train-qwen2-lora-all/adapter_final");
        for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(strong.resolve(name), weak.resolve(name));
        }
        Path config = weak.resolve("adapter_config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replaceFirst("\"lora_alpha\": [0-9.]+", "\"lora_alpha\": 0.02"));

        GgufCheck check = export(weak, "qwen2", GgufQuant.Q4_0).check().orElseThrow();

        assertThat(check.losesTuning()).as("a warning").isTrue();
        assertThat(check.file().divergence()).isGreaterThan(check.tuning().orElseThrow());
        assertThat(check.keeps()).isPresent();
        assertThat(check.keeps().orElseThrow())
                .isIn(GgufQuant.Q5_K_M, GgufQuant.Q6_K, GgufQuant.Q8_0, GgufQuant.F16);
    }

    @Test
    void aModelWithoutAnAdapterHasNoTuningToLose() {
        ModelDistance far = new ModelDistance(1, 0, 0);
        GgufCheck check =
                new GgufCheck(
                        0, 32, far, Optional.empty(), OptionalDouble.empty(), Optional.empty());
        assertThat(check.losesTuning()).isFalse();
    }

    @Test
    void divergenceIsThatOfTheProbabilities() {
        ComparedLogits p = new ComparedLogits(2, new int[] {1}, new float[] {0, 0});
        ComparedLogits q =
                new ComparedLogits(2, new int[] {1}, new float[] {(float) Math.log(3), 0});
        ModelDistance distance = ModelDistance.of(p, q);
        assertThat(distance.divergence())
                .isCloseTo(0.5 * Math.log(0.5 / 0.75) + 0.5 * Math.log(0.5 / 0.25), within(1e-6));
        float[] broken = {Float.NaN, 0};
        assertThat(ModelDistance.of(p, new ComparedLogits(2, new int[] {1}, broken)).divergence())
                .as("of no numbers")
                .isNaN();
    }

    private static TokenSequence row(int length, int answer) {
        BitSet trained = new BitSet();
        trained.set(length - answer, length);
        int[] ids = IntStream.range(0, length).map(i -> 3 + 7 * i % 200).toArray();
        return new TokenSequence(ids, trained);
    }

    @Test
    void tokenizerAndTemplateAreThoseBesideTheAdapter() throws IOException {
        Path model = SharedData.path("reference/qwen3");
        Path source = NumberedTokens.beside(model, 256, folder.resolve("source"));
        Path tuned =
                NumberedTokens.beside(
                        SharedData.path("reference/adapter-qwen3"), 256, folder.resolve("tuned"));
        Files.writeString(tuned.resolve("chat_template.jinja"), "{{ 'own' }}");
        GgufRequest request =
                GgufRequest.of(source, Optional.of(tuned), folder.resolve("out"), GgufQuant.F16);

        GgufReport report = new GgufExport(NOW, 2).export(request, ExportProgress.none());

        try (GgufFile file = GgufFile.open(report.file())) {
            assertThat(file.metadata().text("tokenizer.chat_template")).contains("{{ 'own' }}");
        }
    }

    private GgufReport export(String adapter, String base, GgufQuant quant) {
        return export(adapter, base, quant, ParityRows.NONE);
    }

    private GgufReport export(String adapter, String base, GgufQuant quant, ParityRows rows) {
        return export(SharedData.path("reference/" + adapter), base, quant, rows);
    }

    private GgufReport export(Path adapter, String base, GgufQuant quant) {
        return export(adapter, base, quant, ParityRows.NONE);
    }

    private GgufReport export(Path adapter, String base, GgufQuant quant, ParityRows rows) {
        Path model = SharedData.path("reference/" + base);
        int vocabSize = ModelFolder.read(model).config().vocabSize();
        Path source = NumberedTokens.beside(model, vocabSize, folder.resolve("source"));
        GgufRequest request =
                GgufRequest.of(source, Optional.of(adapter), folder.resolve("out"), quant)
                        .checkedOn(rows);
        return new GgufExport(NOW, 2).export(request, ExportProgress.none());
    }
}
