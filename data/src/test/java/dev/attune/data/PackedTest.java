package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

class PackedTest {
    private static final String ROWS = "{\"text\":\"a\"}\n{\"text\":\"b\"}\n";

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void readsPackedRows(String how) throws IOException {
        assertThat(Rows.shown(Rows.of("x.jsonl.gz", packed(how, ROWS))))
                .containsExactly("1 {\"text\":\"a\"}", "2 {\"text\":\"b\"}");
    }

    @Test
    void tellsATableWithinAPackedFileByItsName() throws IOException {
        assertThat(Rows.shown(Rows.of("x.csv.gz", packed("gzip", "text\na\n"))))
                .containsExactly("2 {\"text\":\"a\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void saysThatAPackedFileIsCutShort(String how) throws IOException {
        byte[] whole = packed(how, ROWS.repeat(2000));
        byte[] cut = Arrays.copyOf(whole, whole.length / 2);

        assertThatThrownBy(() -> Rows.of("x.jsonl.gz", cut))
                .hasMessageStartingWith("The file is packed with " + how + " and damaged, or cut")
                .hasMessageContaining("x.jsonl.gz")
                .hasMessageEndingWith("Copy or download it again.");
    }

    static byte[] packed(String how, String text) throws IOException {
        if (how.equals("zstd")) {
            return Zstd.compress(Rows.bytes(text));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(Rows.bytes(text));
        }
        return out.toByteArray();
    }
}
