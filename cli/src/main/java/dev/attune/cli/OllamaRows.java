package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.data.ColumnMapping;
import dev.attune.data.ConversationExample;
import dev.attune.data.Example;
import dev.attune.data.ExampleStream;
import dev.attune.data.RowSource;
import dev.attune.export.OllamaOptions;
import dev.attune.text.Conversation;
import dev.attune.text.Message;
import dev.attune.train.Recipe;
import dev.attune.train.RunFolder;

import picocli.CommandLine.Model.CommandSpec;

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

    /// The rows of a file.
    static OllamaRows ofFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw AttuneException.user("There is no file " + file + ".")
                    .fix("Name a file of rows with --data.");
        }
        List<OllamaOptions.Row> rows = new ArrayList<>();
        read(List.of(file), ColumnMapping.NONE, rows);
        return of(rows, !rows.isEmpty());
    }

    /// The rows that a run was judged with and tuned on, as far as they are still there.
    ///
    /// @param source the run or model that is exported
    static OllamaRows ofSource(Path source, CommandSpec spec) {
        List<OllamaOptions.Row> rows = new ArrayList<>();
        if (!RunFolder.is(source)) {
            return of(rows, false);
        }
        Recipe.Data data = RunFolder.open(source).recipe().data();
        data.evalData().forEach(from -> read(from.orColumns(data.columns()), spec, rows));
        boolean heldOut = !rows.isEmpty();
        data.data().forEach(from -> read(from.orColumns(data.columns()), spec, rows));
        return of(rows, heldOut);
    }

    /// A source that has gone gives nothing: the template can be tried without it.
    private static void read(RowSource from, CommandSpec spec, List<OllamaOptions.Row> rows) {
        List<Path> files;
        try {
            files = HubSources.of(spec).fromCacheFirst().files(from);
        } catch (AttuneException gone) {
            return;
        }
        read(files, from.columns(), rows);
    }

    private static void read(
            List<Path> files, ColumnMapping columns, List<OllamaOptions.Row> rows) {
        try (ExampleStream examples = ExampleStream.open(files, columns)) {
            Optional<Example> next = examples.next();
            while (next.isPresent() && rows.size() < MOST_ROWS) {
                if (next.get() instanceof ConversationExample row
                        && !row.conversation().messages().isEmpty()) {
                    rows.add(new OllamaOptions.Row(row.origin().toString(), row.conversation()));
                }
                next = examples.next();
            }
        }
    }

    private static OllamaRows of(List<OllamaOptions.Row> rows, boolean heldOut) {
        // Of a file of which a part was held out, nobody knows here which.
        Optional<Conversation> asked =
                !heldOut && !rows.isEmpty()
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
