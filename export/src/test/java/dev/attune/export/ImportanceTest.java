package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.format.GgmlType;
import dev.attune.format.GgufFile;
import dev.attune.format.GgufTensorSpec;
import dev.attune.format.GgufValue;
import dev.attune.format.GgufWriter;
import dev.attune.model.Decoder;
import dev.attune.model.ModelFolder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;
import dev.attune.text.TokenSequence;
import dev.attune.text.Tokenizer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Which columns of weights matter: measured, read, and heeded.
@ExtendWith(LeakCheck.class)
class ImportanceTest {
    private static final String NAME = "blk.0.attn_q.weight";
    private static final String WEIGHT = "model.layers.0.self_attn.q_proj.weight";

    private final Path model = SharedData.path("models/stories260K-hf");
    private final Path words = SharedData.path("models/tinystories-656K");

    @TempDir private Path folder;

    @Test
    void isTheMeanSquareOfWhatALayerReads() {
        try (Decoder decoder = Decoder.load(model, Dtype.FLOAT32, Device.CPU)) {
            ImportanceMatrix once = ImportanceMatrix.of(decoder, List.of(row(1)));
            ImportanceMatrix twice = ImportanceMatrix.of(decoder, List.of(row(1), row(1)));
            ImportanceMatrix other = ImportanceMatrix.of(decoder, List.of(row(2)));

            assertThat(once.size()).as("7 linear layers in each of 5").isEqualTo(35);
            assertThat(once.of(WEIGHT)).hasSize(64).isEqualTo(twice.of(WEIGHT));
            assertThat(other.of(WEIGHT)).isNotEqualTo(once.of(WEIGHT));
            assertThat(once.of("model.layers.0.self_attn.k_proj.weight"))
                    .as("what queries read, keys read")
                    .isEqualTo(once.of(WEIGHT));
            assertThat(once.of("lm_head.weight")).as("of the head nothing is known").isEmpty();
        }
    }

    @Test
    void measuresEachExpertByItself() {
        Path mixtral = SharedData.path("reference/mixtral");
        try (Decoder decoder = Decoder.load(mixtral, Dtype.FLOAT32, Device.CPU)) {
            ImportanceMatrix matrix = ImportanceMatrix.of(decoder, List.of(row(1)));
            String expert = "model.layers.0.block_sparse_moe.experts.%d.w1.weight";
            assertThat(matrix.of(expert.formatted(0))).isNotEqualTo(matrix.of(expert.formatted(1)));
        }
    }

    @Test
    void readsBothFormatsOfLlamaCpp() throws IOException {
        float[] means = new float[64];
        for (int i = 0; i < means.length; i++) {
            means[i] = i + 1;
        }
        GgufTensorMap map = map();

        assertThat(ImportanceFile.read(dat(NAME, means, 4), map).of(WEIGHT)).isEqualTo(means);
        assertThat(ImportanceFile.read(gguf(means, 40), map).of(WEIGHT)).isEqualTo(means);
    }

    @Test
    void refusesWhatIsNoImportanceMatrixOfTheModel() throws IOException {
        GgufTensorMap map = map();
        Path other = dat("blk.9.attn_q.weight", new float[] {1}, 1);
        assertThatThrownBy(() -> ImportanceFile.read(other, map))
                .hasMessageContaining("It tells of blk.9.attn_q.weight, which the model does not")
                .hasMessageContaining("(nearest: blk.");
        Path nan = dat(NAME, new float[] {Float.NaN}, 1);
        assertThatThrownBy(() -> ImportanceFile.read(nan, map))
                .hasMessageContaining("What it tells of blk.0.attn_q.weight is no importance.");
        Path half = Files.write(folder.resolve("half.dat"), new byte[] {1, 0, 0, 0, 5, 0});
        assertThatThrownBy(() -> ImportanceFile.read(half, map))
                .hasMessageContaining("It ends too early.");
        byte[] huge = {1, 0, 0, 0, -1, -1, -1, 127};
        Path long1 = Files.write(folder.resolve("long.dat"), huge);
        assertThatThrownBy(() -> ImportanceFile.read(long1, map))
                .hasMessageContaining("Found 2147483647 at byte 4, expected at most 0.");
        Path none = Files.write(folder.resolve("none.dat"), new byte[4]);
        assertThatThrownBy(() -> ImportanceFile.read(none, map))
                .hasMessageContaining("It tells of no tensor.")
                .hasMessageContaining("--imatrix auto");
        Path narrow = dat(NAME, new float[] {1, 2}, 1);
        assertThatThrownBy(() -> export(new ImportanceSource.OfFile(narrow), "q4_0"))
                .hasMessageContaining("has 2 columns for blk.0.attn_q.weight, which has 128.");
    }

    /// Measured on one half of a text, tried on the other.
    @ParameterizedTest
    @ValueSource(strings = {"q4_0", "q5_1", "iq4_nl"})
    void aFileThatHeedsItIsNearerToTheModel(String quant) throws IOException {
        List<TokenSequence> all = stories();
        List<TokenSequence> rows = all.subList(0, all.size() / 2);
        List<TokenSequence> learned = all.subList(all.size() / 2, all.size());
        GgufReport plain = export(Optional.empty(), quant, rows);
        GgufReport heeding =
                export(Optional.of(new ImportanceSource.OfRows(learned, "some rows")), quant, rows);

        assertThat(heeding.check().orElseThrow().file().divergence())
                .as("divergence, %s without", plain.check().orElseThrow().file().divergence())
                .isLessThan(plain.check().orElseThrow().file().divergence());
        try (GgufFile file = GgufFile.open(heeding.file())) {
            assertThat(file.metadata().text("quantize.imatrix.file")).contains("some rows");
            assertThat(file.metadata().whole("quantize.imatrix.entries_count")).hasValue(14);
        }
    }

    /// Pieces of real text, the second half of each an answer.
    private List<TokenSequence> stories() throws IOException {
        String text = Files.readString(SharedData.path("corpora/tinystories_sample.txt"));
        try (Tokenizer tokenizer = Tokenizer.load(words)) {
            int[] ids = tokenizer.encodeWithSpecialTokens(text).ids();
            BitSet trained = new BitSet();
            trained.set(24, 48);
            return IntStream.range(0, Math.min(32, ids.length / 48))
                    .mapToObj(i -> Arrays.copyOfRange(ids, 48 * i, 48 * i + 48))
                    .map(piece -> new TokenSequence(piece, trained))
                    .toList();
        }
    }

    private GgufReport export(ImportanceSource source, String quant) {
        return export(Optional.of(source), quant, List.of());
    }

    private GgufReport export(
            Optional<ImportanceSource> source, String quant, List<TokenSequence> rows) {
        Path out = folder.resolve("out-" + quant + source.isPresent());
        GgufRequest request =
                GgufRequest.of(words, Optional.empty(), out, GgufQuant.of(quant))
                        .checkedOn(new ParityRows(rows, Set.of()));
        return new GgufExport(LocalDateTime.of(2025, 7, 10, 12, 0), 1)
                .export(source.map(request::weighted).orElse(request), ExportProgress.none());
    }

    private GgufTensorMap map() {
        ModelFolder read = ModelFolder.read(model);
        return GgufTensorMap.of(read.family(), read.config());
    }

    private static TokenSequence row(int seed) {
        BitSet trained = new BitSet();
        trained.set(30, 60);
        int[] ids = IntStream.range(0, 60).map(i -> 3 + (i * (seed + 7) * 31) % 240).toArray();
        return new TokenSequence(ids, trained);
    }

    private Path dat(String name, float[] means, int calls) throws IOException {
        byte[] letters = name.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(16 + letters.length + 4 * means.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(1)
                        .putInt(letters.length)
                        .put(letters)
                        .putInt(calls)
                        .putInt(means.length);
        for (float mean : means) {
            bytes.putFloat(mean * calls);
        }
        return Files.write(folder.resolve(name + means.length + means[0] + ".dat"), bytes.array());
    }

    private Path gguf(float[] means, float count) {
        Path file = folder.resolve("imatrix.gguf");
        Map<String, GgufValue> pairs = new LinkedHashMap<>();
        pairs.put("general.type", new GgufValue.Text("imatrix"));
        List<GgufTensorSpec> specs =
                List.of(
                        new GgufTensorSpec(NAME + ".in_sum2", GgmlType.F32, List.of(1L, 64L)),
                        new GgufTensorSpec(NAME + ".counts", GgmlType.F32, List.of(1L, 1L)));
        try (GgufWriter writer = GgufWriter.create(file, pairs, specs)) {
            float[] sums = means.clone();
            for (int i = 0; i < sums.length; i++) {
                sums[i] *= count;
            }
            writer.append(NAME + ".in_sum2", bytes(sums));
            writer.append(NAME + ".counts", bytes(count));
            writer.finish();
        }
        return file;
    }

    private static MemorySegment bytes(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return MemorySegment.ofArray(bytes.array());
    }
}
