package dev.attune.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Parameter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Checkpoints that store the same weights under other names give the same decoder.
class CheckpointNamesTest {
    private static final int[] TEXT = {3, 1, 4, 1, 5, 9, 2, 6};

    @TempDir private Path tmp = Path.of("");

    @Test
    void aTiedMatrixMayStandUnderEitherNameOrBoth() throws IOException {
        TinyCheckpoint tied =
                TinyCheckpoint.llama().key("tie_word_embeddings", "true").without("lm_head.weight");
        float[] expected = logits(tied, "embedding");
        assertThat(logits(tied.copy("lm_head.weight", "model.embed_tokens.weight"), "both"))
                .isEqualTo(expected);
        TinyCheckpoint head =
                TinyCheckpoint.llama()
                        .key("tie_word_embeddings", "true")
                        .without("lm_head.weight")
                        .renamed(n -> n.replace("model.embed_tokens", "lm_head"));
        assertThat(logits(head, "head")).isEqualTo(expected);
    }

    @Test
    void aTiedMatrixIsOneParameter() throws IOException {
        TinyCheckpoint both =
                TinyCheckpoint.llama()
                        .key("tie_word_embeddings", "true")
                        .copy("lm_head.weight", "model.embed_tokens.weight");
        try (Decoder decoder = decoder(both, "both")) {
            assertThat(decoder.lmHead().weight()).isSameAs(decoder.embedding().table());
            assertThat(decoder.parameters())
                    .extracting(Parameter::name)
                    .doesNotContain("lm_head.weight")
                    .hasSize(20);
        }
    }

    @Test
    void aBareDecoderLeavesOutThePrefix() throws IOException {
        float[] expected = logits(TinyCheckpoint.gpt2(), "full");
        TinyCheckpoint bare =
                TinyCheckpoint.gpt2().renamed(n -> n.substring("transformer.".length()));
        assertThat(logits(bare, "bare")).isEqualTo(expected);
    }

    @Test
    void oldBuffersArePassedOver() throws IOException {
        float[] gpt2 = logits(TinyCheckpoint.gpt2(), "gpt2");
        TinyCheckpoint withMask =
                TinyCheckpoint.gpt2()
                        .tensor("transformer.h.0.attn.bias", 1, 1, 16, 16)
                        .tensor("transformer.h.0.attn.masked_bias");
        assertThat(logits(withMask, "mask")).isEqualTo(gpt2);
        float[] llama = logits(TinyCheckpoint.llama(), "llama");
        TinyCheckpoint withAngles =
                TinyCheckpoint.llama()
                        .tensor("model.layers.0.self_attn.rotary_emb.inv_freq", 2)
                        .tensor("model.rotary_emb.inv_freq", 2);
        assertThat(logits(withAngles, "angles")).isEqualTo(llama);
    }

    private float[] logits(TinyCheckpoint tiny, String name) throws IOException {
        try (Decoder decoder = decoder(tiny, name)) {
            return PaddedRows.text(TEXT).logits(decoder);
        }
    }

    private Decoder decoder(TinyCheckpoint tiny, String name) throws IOException {
        Path folder = tiny.write(Files.createDirectory(tmp.resolve(name)));
        return Decoder.load(folder, Dtype.FLOAT32, Device.CPU);
    }
}
