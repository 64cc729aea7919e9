package dev.attune.export;

import dev.attune.text.ChatFormat;
import dev.attune.text.OllamaTelling;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What Ollama needs beside the weights: a Modelfile and the two commands.
///
/// @param modelfile the text of the Modelfile
/// @param notes what a user should know of it
record OllamaFiles(String modelfile, List<String> notes) {
    private static final String IN_THE_MODEL =
            " The Modelfile leaves it out; Ollama then runs the one inside the model, in versions"
                    + " that run Jinja.";

    /// Copies the list.
    OllamaFiles {
        notes = List.copyOf(notes);
    }

    /// @param from what the Modelfile's FROM names
    /// @param text the folder of tokenizer and chat template
    /// @param base the folder of the base, where licence and sampling are
    /// @param options the user's rows
    /// @param now the time that templates tell when they are tried
    static OllamaFiles of(
            String from, Path text, Path base, OllamaOptions options, LocalDateTime now) {
        Modelfile file = new Modelfile(from);
        List<String> notes = new ArrayList<>();
        try (ChatFormat format = ChatFormat.loadOrPlain(text, Optional.empty(), now)) {
            template(file, format, options, now).ifPresent(notes::add);
            format.stopTokens().texts().values().forEach(file::stop);
        }
        OllamaSampling.of(base).forEach(file::number);
        options.systemMessage().ifPresent(system -> file.text("SYSTEM", system));
        ModelLicense.textOf(base).ifPresent(terms -> file.text("LICENSE", terms));
        file.lost()
                .forEach(command ->
                        notes.add(
                                "%s is left out of the Modelfile: its text has characters that a Modelfile cannot hold."
                                        .formatted(command)));
        return new OllamaFiles(file.content(), notes);
    }

    /// Writes the template, unless it differs from the model's own.
    ///
    /// @return what it was tried on, or why there is none
    private static Optional<String> template(
            Modelfile file, ChatFormat format, OllamaOptions options, LocalDateTime now) {
        return switch (OllamaTemplateChoice.of(format, options.rows(), now)) {
            case OllamaTelling.Told(var told) -> {
                file.text("TEMPLATE", told.source());
                yield options.rows().isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                "The chat template is told in Ollama's language: all %,d rows come out the same."
                                        .formatted(options.rows().size()));
            }
            case OllamaTelling.Untold(String why) ->
                    Optional.of(
                            "The chat template is not told in Ollama's language: "
                                    + why
                                    + "."
                                    + IN_THE_MODEL);
        };
    }

    /// How to use the folder.
    static String readme(String name) {
        return """
        # %s for Ollama

        In this folder:

        ```
        ollama create %s -f Modelfile
        ollama run %s
        ```

        The Modelfile names the weights, the chat template, the tokens at which an answer ends and
        the defaults of sampling. `num_ctx` is the number of tokens that Ollama keeps of a
        conversation; raise it for longer ones where there is memory.
        """
                .formatted(name, name, name);
    }
}
