package dev.attune.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes what is embedded, from nothing but this module: `starter/make`.
///
/// ```
/// data    sample data and the list of embedded files
/// model   text, vocabulary, first weights, pre-training, then the weights in bfloat16
/// ```
public final class Maker {
    private static final Path EMBEDDED =
            Path.of("src", "main", "resources", "dev", "attune", "starter", "embedded");

    private Maker() {}

    /// Makes the parts that are named.
    ///
    /// @param args the module's folder, then `data`
    public static void main(String... args) throws IOException {
        Path embedded = Path.of(args[0]).resolve(EMBEDDED);
        for (String part : List.of(args).subList(1, args.length)) {
            switch (part) {
                case "data" -> data(embedded);
                default -> throw new IllegalArgumentException("There is no part " + part + ".");
            }
        }
        list(embedded);
    }

    private static void data(Path embedded) throws IOException {
        Files.createDirectories(embedded);
        SupportData.Rows rows = SupportData.drawn(SupportData.SEED);
        Jsonl.write(embedded.resolve("train.jsonl"), rows.train().stream());
        Jsonl.write(embedded.resolve("heldout.jsonl"), rows.heldout().stream());
    }

    /// Writes the list of what is embedded.
    private static void list(Path embedded) throws IOException {
        Files.writeString(embedded.resolve(EmbeddedFiles.LIST), EmbeddedFiles.of(embedded).text());
    }
}
