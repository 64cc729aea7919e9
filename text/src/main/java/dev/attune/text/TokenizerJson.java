package dev.attune.text;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Map;

/// Writes a tokenizer.json part by part, in the words of Hugging Face's format. Not thread-safe.
final class TokenizerJson {
    /// GPT-2's split of a text into words.
    static final String GPT2_SPLIT =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private final ObjectNode root = JsonFiles.mapper().createObjectNode();
    private final ArrayNode added;

    TokenizerJson() {
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        added = root.putArray("added_tokens");
        root.putNull("normalizer").putNull("pre_tokenizer").putNull("post_processor");
        root.putNull("decoder");
    }

    /// The whole, as text.
    String text() {
        return root.toString();
    }

    /// The whole; not to be changed.
    ObjectNode root() {
        return root;
    }

    /// A token that is recognised in the text as it stands.
    ObjectNode addedToken(String token, int id, boolean isSpecial) {
        return added.addObject()
                .put("id", id)
                .put("content", token)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", isSpecial);
    }

    /// An added token with all its settings.
    void addedToken(ObjectNode token) {
        added.add(token);
    }

    /// A model of merges.
    ///
    /// @param ids the tokens
    /// @param merges pairs in order of rank
    /// @return the node, for what is to be changed
    ObjectNode bpe(Map<String, Integer> ids, List<Merge> merges) {
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
        model.put("ignore_merges", false);
        ObjectNode vocab = model.putObject("vocab");
        ids.forEach(vocab::put);
        ArrayNode pairs = model.putArray("merges");
        merges.forEach(merge -> pairs.addArray().add(merge.left()).add(merge.right()));
        return model;
    }

    /// Words by regular expressions, each applied to what the one before left whole, and then bytes
    /// as GPT-2 writes them; with the decoder for those.
    void byteLevel(List<String> splits) {
        ArrayNode steps = sequence("pre_tokenizer", "pretokenizers");
        for (String split : splits) {
            ObjectNode step = steps.addObject().put("type", "Split");
            step.putObject("pattern").put("Regex", split);
            step.put("behavior", "Isolated").put("invert", false);
        }
        byteLevel(steps.addObject(), true);
        byteLevel(root.putObject("decoder"), true);
        byteLevel(root.putObject("post_processor"), false);
    }

    /// A step of the normalizer, after those before.
    ObjectNode normalizer(String type) {
        ArrayNode steps =
                root.path("normalizer").path("normalizers") instanceof ArrayNode array
                        ? array
                        : sequence("normalizer", "normalizers");
        return steps.addObject().put("type", type);
    }

    /// A normalizer that puts one text for another.
    void replaceText(String pattern, String content) {
        normalizer("Replace").put("content", content).putObject("pattern").put("String", pattern);
    }

    /// A normalizer that puts a text for what a regular expression matches.
    void replaceRegex(String regex, String content) {
        normalizer("Replace").put("content", content).putObject("pattern").put("Regex", regex);
    }

    /// A step of the decoder, after those before.
    ObjectNode decoder(String type) {
        ArrayNode steps =
                root.path("decoder").path("decoders") instanceof ArrayNode array
                        ? array
                        : sequence("decoder", "decoders");
        return steps.addObject().put("type", type);
    }

    /// Special tokens around each text, after the post-processor that is already there.
    void affixes(List<Affix> before, List<Affix> after) {
        if (before.isEmpty() && after.isEmpty()) {
            return;
        }
        ObjectNode template = JsonFiles.mapper().createObjectNode();
        template.put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        before.forEach(affix -> special(single, affix));
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        after.forEach(affix -> special(single, affix));
        ArrayNode pair = template.putArray("pair");
        pair.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
        ObjectNode tokens = template.putObject("special_tokens");
        before.forEach(affix -> affix.put(tokens));
        after.forEach(affix -> affix.put(tokens));
        if (root.get("post_processor") instanceof ObjectNode first) {
            sequence("post_processor", "processors").add(first).add(template);
        } else {
            root.set("post_processor", template);
        }
    }

    private ArrayNode sequence(String part, String steps) {
        return root.putObject(part).put("type", "Sequence").putArray(steps);
    }

    private static void special(ArrayNode single, Affix affix) {
        single.addObject().putObject("SpecialToken").put("id", affix.token()).put("type_id", 0);
    }

    private static void byteLevel(ObjectNode step, boolean trimOffsets) {
        step.put("type", "ByteLevel").put("add_prefix_space", false);
        step.put("trim_offsets", trimOffsets).put("use_regex", false);
    }

    /// Two tokens that become one.
    record Merge(String left, String right) {}

    /// A special token at the end of a text.
    record Affix(String token, int id) {
        private void put(ObjectNode tokens) {
            ObjectNode node = tokens.putObject(token).put("id", token);
            node.putArray("ids").add(id);
            node.putArray("tokens").add(token);
        }
    }
}
