package dev.attune.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;

/// Names of repositories, revisions and files, of friends and of enemies.
class HubReferenceTest {
    @Test
    void readsEveryForm() {
        var plain = HubReference.parse("hf:Qwen/Qwen3-0.6B");
        assertThat(plain.id()).isEqualTo("Qwen/Qwen3-0.6B");
        assertThat(plain.revision()).isEqualTo("main");
        assertThat(plain.folderName()).isEqualTo("models--Qwen--Qwen3-0.6B");
        assertThat(plain).hasToString("hf:Qwen/Qwen3-0.6B");
        var pull = HubReference.parse("hf:a/b@refs/pr/1");
        assertThat(pull.revision()).isEqualTo("refs/pr/1");
        assertThat(pull).hasToString("hf:a/b@refs/pr/1");
        var data = HubReference.parse("hf:datasets/a/b");
        assertThat(data.kind()).isEqualTo(RepositoryKind.DATASET);
        assertThat(data.folderName()).isEqualTo("datasets--a--b");
        assertThat(HubReference.parse("hf:datasets/b").owner()).isEqualTo("datasets");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf:",
                "hf:name",
                "hf:/name",
                "hf:owner/",
                "hf:a/b/c",
                "hf:../x",
                "hf:a/..",
                "hf:a/b..c",
                "hf:a\\b/c",
                "hf:a/b--c",
                "hf:-a/b",
                "hf:a/b.",
                "hf:a/b?x",
                "hf:a/b c",
                "hf:datasets/a/../b",
                "hf:a/\u0000",
                "owner/name"
            })
    void refusesWhatIsNoRepository(String text) {
        assertThat(HubTests.failure(() -> HubReference.parse(text)))
                .hasMessageContaining("is no repository of the hub: ")
                .hasMessageContaining("fix  Write hf:owner/name")
                .message()
                .doesNotContain("\u0000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "..", "../x", "/x", "x/", "a//b", "a\\b", "a/../b", "-x", ".x", "a@b"})
    void refusesWhatIsNoRevision(String revision) {
        assertThat(HubTests.failure(() -> HubReference.parse("hf:a/b@" + revision)))
                .hasMessageContaining("is no revision");
    }

    @Test
    void refusesLongNames() {
        assertThat(HubTests.failure(() -> HubReference.parse("hf:a/" + "b".repeat(97))))
                .hasMessageContaining("at most 96");
        assertThat(HubTests.failure(() -> HubReference.parse("hf:a/b@" + "b".repeat(201))))
                .hasMessageContaining("is no revision");
    }

    @Property
    void noReferenceLeavesTheCache(
            @ForAll
                    @StringLength(max = 30)
                    @Chars({'.', '/', '\\', '@', '-', '\u0000', ':'})
                    @CharRange(from = 'a', to = 'c')
                    String text) {
        Path root = Path.of("/cache");
        try {
            HubReference reference = HubReference.parse("hf:" + text);
            Path refs = root.resolve(reference.folderName()).resolve("refs");
            assertThat(root.resolve(reference.folderName()).normalize().getParent())
                    .isEqualTo(root);
            assertThat(refs.resolve(reference.revision()).normalize()).startsWithRaw(refs);
            assertThat(HubReference.parse(reference.toString())).isEqualTo(reference);
        } catch (AttuneException e) {
            assertThat(e.getMessage()).contains(" is no ");
        }
    }

    @Property
    void noPathOfAFileLeavesItsSnapshot(
            @ForAll
                    @StringLength(max = 30)
                    @Chars({'.', '/', '\\', '\u0000', ':', '\n'})
                    @CharRange(from = 'a', to = 'c')
                    String text) {
        if (RepositoryPath.fault(text).isEmpty()) {
            Path snapshot = Path.of("/cache/snapshots/x");
            Path file = snapshot.resolve(text);
            assertThat(file.normalize()).startsWithRaw(snapshot).isNotEqualTo(snapshot);
            assertThat(file.normalize()).isEqualTo(file);
        }
    }

    @Test
    void judgesPaths() {
        assertThat(RepositoryPath.fault("additional_chat_templates/tool.jinja")).isEmpty();
        assertThat(RepositoryPath.fault("a/" + "b".repeat(256))).isPresent();
        assertThat(RepositoryPath.fault("a/".repeat(600) + "b")).isPresent();
        assertThat(RepositoryPath.fault("a/\u007f")).isPresent();
    }

    @Test
    void matchesAsPythonDoes() {
        assertThat(FileChoice.matches("*.json", "a/b.json")).isTrue();
        assertThat(FileChoice.matches("a/", "a/b.json")).isTrue();
        assertThat(FileChoice.matches("model-0000[12]-of-?.x", "model-00002-of-3.x")).isTrue();
        assertThat(FileChoice.matches("[!a]b", "ab")).isFalse();
        assertThat(FileChoice.matches("a.b", "axb")).isFalse();
        assertThat(FileChoice.matches("a[", "a[")).isTrue();
    }

    @Property
    void everyPatternMatchesOrIsRefused(@ForAll @StringLength(max = 12) String glob) {
        try {
            FileChoice.matches(glob, "a/b.json");
        } catch (AttuneException e) {
            assertThat(e.getMessage()).contains("is no pattern");
        }
    }

    @Test
    void choosesWhatAModelNeeds() {
        var paths =
                List.of(
                        "config.json",
                        "consolidated.safetensors",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json",
                        "original/model.safetensors",
                        "LICENSE",
                        "flax_model.msgpack",
                        "image.png");
        var model = HubReference.parse("hf:a/b");
        assertThat(FileChoice.usual().of(paths, model))
                .containsExactly(
                        "LICENSE",
                        "config.json",
                        "model-00001-of-00002.safetensors",
                        "model-00002-of-00002.safetensors",
                        "model.safetensors.index.json");
        assertThat(new FileChoice(List.of(), List.of("*.safetensors")).of(paths, model))
                .containsExactly("LICENSE", "config.json", "model.safetensors.index.json");
        assertThat(FileChoice.usual().of(List.of("weights.safetensors"), model)).hasSize(1);
        assertThat(FileChoice.usual().of(paths, HubReference.parse("hf:datasets/a/b"))).hasSize(9);
    }

    @Test
    void hidesTheToken() {
        assertThat(HubToken.of(" hf_secret\n", "HF_TOKEN")).hasToString("(hidden)");
        assertThat(HubTests.failure(() -> HubToken.of("a\nsecret", "HF_TOKEN")).getMessage())
                .contains("odd characters")
                .doesNotContain("secret");
    }
}
