package dev.attune.text;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The stages that the `decoder` of a tokenizer.json asks for; made anew for each stream.
final class DecoderStages {
    private DecoderStages() {}

    /// The makers of the stages in order; empty if there is a kind among them whose text is not
    /// known before the last token.
    static Optional<List<Supplier<DecoderStage>>> of(JsonNode decoder) {
        if (decoder.isNull() || decoder.isMissingNode()) {
            return Optional.of(List.of(DecoderStage.Spaced::new));
        }
        List<JsonNode> kinds = new ArrayList<>();
        flatten(decoder, kinds);
        List<Supplier<DecoderStage>> stages = new ArrayList<>();
        boolean fused = false;
        for (JsonNode kind : kinds) {
            boolean isStrip = type(kind).equals("Strip");
            if (fused != isStrip && (fused || isStrip)) {
                return Optional.empty(); // only a strip of the whole text's start is understood
            }
            fused = fused || type(kind).equals("Fuse") || type(kind).equals("ByteLevel");
            Optional<Supplier<DecoderStage>> stage = stage(kind);
            if (stage.isEmpty()) {
                return Optional.empty();
            }
            stages.add(stage.get());
        }
        return Optional.of(stages);
    }

    private static Optional<Supplier<DecoderStage>> stage(JsonNode kind) {
        return switch (type(kind)) {
            case "ByteLevel" -> Optional.of(DecoderStage.Bytes::new);
            case "ByteFallback" -> Optional.of(DecoderStage.ByteFallback::new);
            case "Fuse" -> Optional.of(DecoderStage.Pass::new);
            case "Replace" -> {
                JsonNode pattern = kind.path("pattern").path("String");
                String content = kind.path("content").stringValue("");
                yield pattern.isString() && !pattern.stringValue().isEmpty()
                        ? Optional.of(
                                () -> new DecoderStage.Replace(pattern.stringValue(), content))
                        : Optional.empty();
            }
            case "Strip" -> {
                String content = kind.path("content").stringValue("");
                int start = kind.path("start").intValue(0);
                yield kind.path("stop").intValue(0) == 0 && !content.isEmpty()
                        ? Optional.of(() -> new DecoderStage.StripStart(content, start))
                        : Optional.empty();
            }
            case "Metaspace" -> {
                String mark = kind.path("replacement").stringValue("▁");
                boolean prepended =
                        !kind.path("prepend_scheme").stringValue("always").equals("never")
                                && kind.path("add_prefix_space").booleanValue(true);
                yield Optional.of(() -> new DecoderStage.Metaspace(mark, prepended));
            }
            case "WordPiece" -> {
                String prefix = kind.path("prefix").stringValue("##");
                boolean cleanup = kind.path("cleanup").booleanValue(true);
                yield Optional.of(() -> new DecoderStage.WordPiece(prefix, cleanup));
            }
            default -> Optional.empty();
        };
    }

    private static void flatten(JsonNode decoder, List<JsonNode> kinds) {
        if (type(decoder).equals("Sequence")) {
            decoder.path("decoders").forEach(inner -> flatten(inner, kinds));
        } else {
            kinds.add(decoder);
        }
    }

    private static String type(JsonNode kind) {
        return kind.path("type").stringValue("");
    }
}
