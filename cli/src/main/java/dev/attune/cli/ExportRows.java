package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.data.ChatRowEncoder;
import dev.attune.data.Example;
import dev.attune.data.ExampleStream;
import dev.attune.export.ImportanceSource;
import dev.attune.export.ParityRows;
import dev.attune.text.ChatFormat;
import dev.attune.text.TokenSequence;
import dev.attune.text.TrainOn;
import dev.attune.train.RunFolder;
import dev.attune.train.RunRows;

import picocli.CommandLine.Model.CommandSpec;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The rows that an export is checked on: those of a file, or those that the run held out.
///
/// @param spec the command's, which leads to the environment and to where notes go
record ExportRows(CommandSpec spec) {
    private static final int LEARNED_ROWS = 128;

    /// @param data a file of rows, if one was named
    /// @param textFolder where tokenizer and chat template are
    /// @param run the run that is exported, if it is one
    ParityRows of(Optional<Path> data, Path textFolder, Optional<RunFolder> run) {
        if (data.isPresent()) {
            return ofFile(data.get(), textFolder);
        }
        return run.map(this::ofRun).orElse(ParityRows.NONE);
    }

    private static ParityRows ofFile(Path file, Path textFolder) {
        LocalDateTime now = LocalDateTime.now(ZoneId.systemDefault());
        try (ChatFormat format = ChatFormat.loadOrPlain(textFolder, Optional.empty(), now);
                ExampleStream examples = ExampleStream.open(List.of(file))) {
            ChatRowEncoder encoder = new ChatRowEncoder(format, TrainOn.ASSISTANT);
            List<TokenSequence> rows = new ArrayList<>();
            Optional<Example> next = examples.next();
            while (next.isPresent() && rows.size() < ParityRows.USEFUL) {
                rows.add(encoder.encode(next.get()).tokens());
                next = examples.next();
            }
            examples.faults().throwIfAny("Cannot read " + file);
            if (rows.isEmpty()) {
                throw AttuneException.user("There are no rows to check with.")
                        .at(file)
                        .fix("Name a file of rows like those that were learned.");
            }
            return new ParityRows(rows, format.stopTokens().ids());
        }
    }

    /// Where it is known from which columns of weights matter.
    ///
    /// @param named a file, or `auto` for the rows that the run learned
    ImportanceSource importance(String named, Optional<RunFolder> run) {
        if (!named.equals("auto")) {
            return new ImportanceSource.OfFile(Path.of(named));
        }
        RunFolder learned =
                run.orElseThrow(() ->
                        AttuneException.user("--imatrix auto needs a run, whose rows it reads.")
                                .fix("Export a run, or name a file with --imatrix FILE."));
        try (RunSurroundings surroundings = RunSurroundings.open(spec)) {
            RunRows rows =
                    RunRows.trained(learned, surroundings.again(learned.recipe()), LEARNED_ROWS);
            return new ImportanceSource.OfRows(
                    rows.rows(), "%d rows of the run".formatted(rows.rows().size()));
        }
    }

    /// A run whose data has gone can still be exported.
    private ParityRows ofRun(RunFolder run) {
        try (RunSurroundings surroundings = RunSurroundings.open(spec)) {
            RunRows held =
                    RunRows.heldOut(run, surroundings.again(run.recipe()), ParityRows.USEFUL);
            return new ParityRows(held.rows(), held.stopTokens());
        } catch (AttuneException gone) {
            var err = spec.commandLine().getErr();
            err.println(
                    "The rows that the run held out cannot be read: "
                            + gone.getMessage()
                            + "\nThe check takes made-up ids; --data FILE names rows.");
            err.flush();
            return ParityRows.NONE;
        }
    }
}
