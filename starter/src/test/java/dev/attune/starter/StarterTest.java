package dev.attune.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class StarterTest {
    @TempDir private Path cache;

    @Test
    void isUnpackedOnceAndFoundAgain() throws IOException {
        Starter first = Starter.unpackedIn(cache.resolve("deep/er"));
        var written = Files.getLastModifiedTime(first.train());

        Starter second = Starter.unpackedIn(cache.resolve("deep/er"));

        assertThat(second).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(second.train())).isEqualTo(written);
        assertThat(inside(cache.resolve("deep/er"))).containsExactly(first.folder());
    }

    @Test
    void everyFileIsWhatTheListSays() {
        Starter starter = Starter.unpackedIn(cache);

        EmbeddedFiles embedded = EmbeddedFiles.ofResources();
        assertThat(EmbeddedFiles.of(starter.folder())).isEqualTo(embedded);
        assertThat(embedded.files().stream().map(EmbeddedFiles.Entry::name))
                .contains("train.jsonl", "heldout.jsonl");
    }

    @Test
    void aDamagedFileIsReplaced() throws IOException {
        Starter starter = Starter.unpackedIn(cache);
        String before = Files.readString(starter.heldout());
        Files.writeString(starter.heldout(), before.replaceFirst("GreenLeaf", "GreenLoaf"));

        Starter again = Starter.unpackedIn(cache);

        assertThat(again.heldout()).hasContent(before);
        assertThat(inside(cache)).containsExactly(again.folder());
    }

    @Test
    void aMissingFileIsPutBack() throws IOException {
        Starter starter = Starter.unpackedIn(cache);
        Files.delete(starter.train());

        assertThat(Starter.unpackedIn(cache).train()).isNotEmptyFile();
    }

    @Test
    void aCacheThatIsAFileIsRefused() throws IOException {
        Path file = Files.writeString(cache.resolve("file"), "no folder");

        assertThatThrownBy(() -> Starter.unpackedIn(file))
                .isInstanceOf(AttuneException.class)
                .hasMessageContaining("starter-");
    }

    private static List<Path> inside(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }
}
