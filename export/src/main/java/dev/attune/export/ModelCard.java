package dev.attune.export;

import dev.attune.format.IoFault;
import dev.attune.model.LoraConfig;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The README.md of what is exported: what it was made from, how, and under which licence.
///
/// @param name of the result
/// @param baseName of the base
/// @param license the base's, in Hugging Face's spelling, if its card says
/// @param lora the adapter, if there is one
record ModelCard(
        String name, String baseName, Optional<String> license, Optional<LoraConfig> lora) {
    private static final Pattern LICENSE =
            Pattern.compile("license:\\s*[\"']?([A-Za-z0-9][A-Za-z0-9.+-]*)[\"']?\\s*");
    private static final int MAX_HEAD_LINES = 200;

    /// What the card of a model says about its licence, if it has one and says so.
    static Optional<String> licenseOf(Path folder) {
        Path card = folder.resolve("README.md");
        if (!Files.isRegularFile(card)) {
            return Optional.empty();
        }
        List<String> head;
        try (Stream<String> lines = Files.lines(card, StandardCharsets.ISO_8859_1)) {
            head = lines.limit(MAX_HEAD_LINES).toList();
        } catch (IOException e) {
            throw IoFault.reading(card, e);
        } catch (UncheckedIOException e) {
            throw IoFault.reading(card, new IOException(e));
        }
        if (head.isEmpty() || !head.getFirst().strip().equals("---")) {
            return Optional.empty();
        }
        return head.stream()
                .skip(1)
                .takeWhile(line -> !line.strip().equals("---"))
                .map(LICENSE::matcher)
                .filter(Matcher::matches)
                .map(m -> m.group(1))
                .findFirst();
    }

    /// The card of a whole model.
    byte[] ofModel() {
        String how =
                lora.map(l -> "%s, merged into its weights.".formatted(method(l)))
                        .orElse("its weights as they were given.");
        return text("transformers", how);
    }

    /// The card of an adapter.
    byte[] ofAdapter() {
        String how =
                lora.map(ModelCard::method).orElse("an adapter") + "; load it on top of the base.";
        return text("peft", how);
    }

    private byte[] text(String library, String how) {
        StringBuilder card = new StringBuilder("---\n");
        card.append("base_model: ").append(quoted(baseName)).append('\n');
        card.append("library_name: ").append(library).append('\n');
        card.append("pipeline_tag: text-generation\n");
        license.ifPresent(l -> card.append("license: ").append(l).append('\n'));
        card.append("tags:\n- attune\n");
        lora.ifPresent(_ -> card.append("- lora\n"));
        card.append("---\n\n# ").append(oneLine(name)).append("\n\n");
        card.append("Made with Attune from `").append(oneLine(baseName)).append("`: ");
        card.append(how).append("\n\n");
        card.append(
                license.map(l -> "The licence of the base is " + l + "; check what it asks of you.")
                        .orElse(
                                "The base names no licence in its card; look there before passing"
                                        + " this on."));
        return card.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String method(LoraConfig lora) {
        String kind = lora.scaling().useRslora() ? "rsLoRA" : "LoRA";
        return "%s of rank %d, lora_alpha %s"
                .formatted(
                        lora.scaling().useDora() ? "DoRA (" + kind + ")" : kind,
                        lora.r(),
                        lora.loraAlpha());
    }

    /// YAML takes strings of JSON.
    private static String quoted(String text) {
        return new JsonMapper().writeValueAsString(text);
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}`]", " ");
    }
}
