package dev.attune.starter;

import dev.attune.text.BpeTrainer;
import dev.attune.text.Message;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes the tokenizer of the starter: a byte-level BPE vocabulary of its own text, with ChatML's
/// tokens and every digit apart.
final class TokenizerFiles {
    static final String END = "<|endoftext|>";
    static final String TURN_START = "<|im_start|>";
    static final String TURN_END = "<|im_end|>";
    static final String PAD = "<|pad|>";

    /// As many texts as a vocabulary of a few thousand needs to settle.
    private static final int TEXTS = 60_000;

    private static final String TEMPLATE =
            """
            {%- for message in messages %}
                {{- '<|im_start|>' + message['role'] + '\\n' }}
                {%- if message['role'] == 'assistant' %}
                    {%- generation %}{{- message['content'] + '<|im_end|>' }}{%- endgeneration %}
                {%- else %}
                    {{- message['content'] + '<|im_end|>' }}
                {%- endif %}
                {{- '\\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}
                {{- '<|im_start|>assistant\\n' }}
            {%- endif %}
            """;

    private static final String CONFIG =
            """
            {
              "add_bos_token": false,
              "add_prefix_space": false,
              "bos_token": "<|endoftext|>",
              "clean_up_tokenization_spaces": false,
              "eos_token": "<|im_end|>",
              "model_max_length": 1024,
              "pad_token": "<|pad|>",
              "tokenizer_class": "PreTrainedTokenizerFast",
              "unk_token": "<|endoftext|>"
            }
            """;

    private static final String GENERATION =
            """
            {
              "bos_token_id": 0,
              "eos_token_id": [2, 0],
              "pad_token_id": 3
            }
            """;

    private TokenizerFiles() {}

    /// Writes `tokenizer.json`, `tokenizer_config.json`, `chat_template.jinja` and
    /// `generation_config.json`.
    static void write(Path folder, int vocabSize, long seed) {
        BpeTrainer trainer =
                BpeTrainer.of(vocabSize, List.of(END, TURN_START, TURN_END, PAD)).singleDigits();
        CorpusText corpus = new CorpusText(CorpusText.phrases(), CorpusText.Mixture.FIRST, seed);
        for (int i = 0; i < TEXTS; i++) {
            for (Message message : corpus.next()) {
                trainer.add(message.role() + "\n" + Written.content(message) + TURN_END + "\n");
            }
        }
        trainer.train().writeTokenizerJson(folder);
        try {
            Files.writeString(folder.resolve("tokenizer_config.json"), CONFIG);
            Files.writeString(folder.resolve("chat_template.jinja"), TEMPLATE);
            Files.writeString(folder.resolve("generation_config.json"), GENERATION);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
