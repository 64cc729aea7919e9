package dev.attune.model;

import dev.attune.format.IoFault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What stands beside the weights and the configuration of a text model and belongs to it:
/// tokenizer, chat templates, generation settings, licence.
public final class CompanionFiles {
    private static final Pattern COMPANION =
            Pattern.compile(
                    "tokenizer\\.json|tokenizer_config\\.json|special_tokens_map\\.json"
                            + "|added_tokens\\.json|vocab\\.json|vocab\\.txt|merges\\.txt"
                            + "|tokenizer\\.model(\\.v\\d+)?|spiece\\.model|tekken\\.json"
                            + "|sentencepiece\\.bpe\\.model|[\\w.-]+\\.tiktoken"
                            + "|generation_config\\.json|chat_template\\.(jinja|json)"
                            + "|(LICENSE|LICENCE|NOTICE|USE_POLICY)[\\w.-]*");
    private static final Pattern TEMPLATE = Pattern.compile("[\\w.-]+\\.jinja");
    private static final String MORE_TEMPLATES = "additional_chat_templates";

    private CompanionFiles() {}

    /// The files of a model's folder, under their names within it.
    ///
    /// @throws dev.attune.base.AttuneException if the folder cannot be read
    public static Map<String, Path> of(Path model) {
        Map<String, Path> found = new LinkedHashMap<>();
        add(model, COMPANION, "", found);
        Path more = model.resolve(MORE_TEMPLATES);
        if (Files.isDirectory(more)) {
            add(more, TEMPLATE, MORE_TEMPLATES + "/", found);
        }
        return found;
    }

    private static void add(Path folder, Pattern which, String under, Map<String, Path> found) {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw IoFault.reading(folder, e);
        }
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (which.matcher(name).matches()) {
                found.put(under + name, file);
            }
        }
    }
}
