package dev.attune.export;

import dev.attune.text.TokenSequence;

import java.nio.file.Path;
import java.util.List;

/// Where it is known from which inputs of a model's layers matter.
public sealed interface ImportanceSource {
    /// What to call it in the file.
    String label();

    /// A file that llama.cpp or another program wrote: `.dat` or `.gguf`.
    record OfFile(Path path) implements ImportanceSource {
        @Override
        public String label() {
            return String.valueOf(path.getFileName());
        }
    }

    /// Rows that the model reads, such as those it was trained on.
    ///
    /// @param label what the rows are
    record OfRows(List<TokenSequence> rows, String label) implements ImportanceSource {
        /// Copies the rows.
        public OfRows {
            rows = List.copyOf(rows);
        }
    }
}
