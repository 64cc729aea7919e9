package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.data.ConversationExample;
import dev.attune.data.Example;
import dev.attune.data.ExampleStream;
import dev.attune.export.OllamaOptions;
import dev.attune.text.Conversation;
import dev.attune.text.Message;
import dev.attune.train.Recipe;
import dev.attune.train.RunFolder;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The conversations of a user's data that an export for Ollama looks at.
///
/// @param rows those that the chat template is tried on
/// @param asked the messages of a held-out row before its answer, if there is one
/// @param answer its answer, empty if it has none
record OllamaRows(List<OllamaOptions.Row> rows, List<Message> asked, String answer) {
    private static final int MOST_ROWS = 10_000;

    OllamaRows {
        rows = List.copyOf(rows);
        asked = List.copyOf(asked);
    }

    /// The rows of a file, or else those that a run was tuned on and judged with, as far as its
    /// files are still there.
    ///
    /// @param source the run or model that is exported
    static OllamaRows of(Path source, Optional<Path> data) {
        if (data.isPresent()) {
            if (!Files.isRegularFile(data.get())) {
                throw AttuneException.user("There is no file " + data.get() + ".")
                        .fix("Name a file of rows with --data.");
            }
            return read(data.stream().toList(), List.of());
        }
        if (!RunFolder.is(source)) {
            return new OllamaRows(List.of(), List.of(), "");
        }
        Recipe.Data rows = RunFolder.open(source).recipe().data();
        return read(present(rows.evalData()), present(rows.data()));
    }

    private static List<Path> present(List<Path> files) {
        return files.stream().filter(Files::isRegularFile).toList();
    }

    private static OllamaRows read(List<Path> heldOut, List<Path> trained) {
        List<Path> files = new ArrayList<>(heldOut);
        files.addAll(trained);
        List<OllamaOptions.Row> rows = new ArrayList<>();
        if (files.isEmpty()) {
            return new OllamaRows(rows, List.of(), "");
        }
        try (ExampleStream examples = ExampleStream.open(files)) {
            Optional<Example> next = examples.next();
            while (next.isPresent() && rows.size() < MOST_ROWS) {
                if (next.get() instanceof ConversationExample row
                        && !row.conversation().messages().isEmpty()) {
                    rows.add(new OllamaOptions.Row(row.origin().toString(), row.conversation()));
                }
                next = examples.next();
            }
        }
        // Of a file of which a part was held out, nobody knows here which.
        Optional<Conversation> asked =
                heldOut.isEmpty() && !rows.isEmpty()
                        ? Optional.of(rows.getLast().conversation())
                        : rows.stream().findFirst().map(OllamaOptions.Row::conversation);
        return asked.map(talk -> cut(rows, talk.messages()))
                .orElse(new OllamaRows(rows, List.of(), ""));
    }

    private static OllamaRows cut(List<OllamaOptions.Row> rows, List<Message> messages) {
        Message last = messages.getLast();
        boolean answered = messages.size() > 1 && last.role().equals("assistant");
        return answered
                ? new OllamaRows(
                        rows,
                        messages.subList(0, messages.size() - 1),
                        last.fields().path("content").asString(""))
                : new OllamaRows(rows, messages, "");
    }
}
