package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Any bytes are either what they are said to be, or a USER error; nothing else comes out.
///
/// The seeds beside the test resources run in every build; `JAZZER_FUZZ=1` looks for more.
class HostileTokenizerFuzzTest {
    private static final String PLACE = "crafted";

    @FuzzTest(maxDuration = "1m")
    void readsOrRefusesASentencePieceModel(byte[] bytes) {
        try {
            SentencePieceModel model = SentencePieceModel.read(bytes, PLACE);
            assertThat(model.pieces()).as("pieces").isNotEmpty();
            assertThat(SentencePieceJson.of(model, SpecialTokens.NONE, PLACE)).startsWith("{");
        } catch (AttuneException e) {
            assertThat(e.kind()).as("kind of %s", e.what()).isEqualTo(ErrorKind.USER);
        }
    }

    @FuzzTest(maxDuration = "1m")
    void readsOrRefusesATokenizerJson(byte[] bytes) {
        try {
            TokenizerFile file =
                    TokenizerFile.read(new String(bytes, StandardCharsets.UTF_8), PLACE);
            assertThat(file.vocabulary().size()).as("size").isPositive();
            DecoderStages.of(file.decoder());
        } catch (AttuneException e) {
            assertThat(e.kind()).as("kind of %s", e.what()).isEqualTo(ErrorKind.USER);
        }
    }

    @FuzzTest(maxDuration = "1m")
    void readsOrRefusesSettings(byte[] bytes) {
        try {
            var config = JsonFiles.object(new String(bytes, StandardCharsets.UTF_8), PLACE);
            Map<String, String> variables = SpecialTokens.of(config, config).asVariables();
            assertThat(variables).as("variables").doesNotContainValue(null);
        } catch (AttuneException e) {
            assertThat(e.kind()).as("kind of %s", e.what()).isEqualTo(ErrorKind.USER);
        }
    }
}
