package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// Any bytes are either a file whose tensors tile its data, or a USER error; nothing else comes
/// out.
///
/// The seeds beside the test resources run in every build; `JAZZER_FUZZ=1` looks for more.
class HostileBytesFuzzTest {
    @FuzzTest(maxDuration = "1m")
    void readsOrRefusesAFile(byte[] file) {
        try {
            SafetensorsHeader header =
                    SafetensorsHeader.read(MemorySegment.ofArray(file), Crafted.PLACE);
            long last =
                    header.tensors().values().stream()
                            .mapToLong(t -> t.offset() + t.byteLength())
                            .max()
                            .orElse(file.length);
            assertThat(last).as("the end of the last tensor").isEqualTo(file.length);
        } catch (AttuneException e) {
            assertThat(e.kind()).as("kind of %s", e.what()).isEqualTo(ErrorKind.USER);
        }
    }

    @FuzzTest(maxDuration = "1m")
    void readsOrRefusesAHeader(byte[] header) {
        readsOrRefusesAFile(Crafted.file(header, 8));
    }

    @FuzzTest(maxDuration = "1m")
    void readsOrRefusesAnIndex(byte[] json) {
        try {
            ShardIndex index = ShardIndex.parse(json, Crafted.PLACE);
            Path folder = Path.of("/models/m");
            assertThat(index.shards())
                    .as("shards")
                    .isNotEmpty()
                    .allMatch(shard -> isInside(folder, folder.resolve(shard).normalize()));
            assertThat(ShardIndex.parse(index.toJson(0), Crafted.PLACE)).isEqualTo(index);
        } catch (AttuneException e) {
            assertThat(e.kind()).as("kind of %s", e.what()).isEqualTo(ErrorKind.USER);
        }
    }

    @FuzzTest(maxDuration = "1m")
    void readsOrRefusesAGgufFile(byte[] file) {
        try {
            GgufHeader header = GgufHeader.read(MemorySegment.ofArray(file), Crafted.PLACE);
            assertThat(header.tensors().values())
                    .as("tensors within the file")
                    .allMatch(t -> t.offset() >= 0 && t.offset() + t.byteLength() <= file.length);
        } catch (AttuneException e) {
            assertThat(e.kind()).as("kind of %s", e.what()).isEqualTo(ErrorKind.USER);
        }
    }

    private static boolean isInside(Path folder, Path file) {
        return file.startsWith(folder) && !file.equals(folder);
    }
}
