package dev.attune.export;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.CacheType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A GGUF file in a real llama.cpp, whose tokens are written as those of [NumberedTokens].
///
/// Keys and values are cached in float32, one thread computes.
final class SpokenLlamaCpp implements AutoCloseable {
    private final LlamaModel model;

    private SpokenLlamaCpp(ModelParameters parameters) {
        model = new LlamaModel(parameters);
    }

    /// Whether there is a build of it for this machine.
    static boolean loads() {
        try {
            return !LlamaModel.jsonSchemaToGrammar("{\"type\": \"null\"}").isEmpty();
        } catch (LinkageError _) {
            return false;
        }
    }

    /// For tokens.
    static SpokenLlamaCpp speaking(Path file) {
        return new SpokenLlamaCpp(parameters(file));
    }

    /// For tokens, with an adapter beside the model.
    static SpokenLlamaCpp speaking(Path file, Path adapter) {
        return new SpokenLlamaCpp(parameters(file).addLoraAdapter(adapter.toString()));
    }

    private static ModelParameters parameters(Path file) {
        return new ModelParameters()
                .setModel(file.toString())
                .setCtxSize(96)
                .setThreads(1)
                .setThreadsBatch(1)
                .setCacheTypeK(CacheType.F32)
                .setCacheTypeV(CacheType.F32)
                .disableLog()
                .skipWarmup();
    }

    /// The most probable tokens behind a prompt, one after the other.
    List<Integer> greedy(List<Integer> prompt, int count) {
        String text = complete(NumberedTokens.text(prompt), count);
        return NumberedTokens.ids(text).stream().limit(count).toList();
    }

    /// The ids of a text, as llama.cpp finds them.
    List<Integer> encode(String text) {
        List<Integer> ids = new ArrayList<>();
        for (int id : model.encode(text)) {
            ids.add(id);
        }
        return ids;
    }

    /// What llama.cpp makes of a prompt in words.
    String complete(String prompt, int count) {
        return model.complete(new InferenceParameters(prompt).setTemperature(0).setNPredict(count));
    }

    @Override
    public void close() {
        model.close();
    }
}
