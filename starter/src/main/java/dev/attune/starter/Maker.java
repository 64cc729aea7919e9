package dev.attune.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/// Makes what is embedded, from nothing but this module: the program behind `starter/make`.
///
/// ```
/// data     the sample data
/// model    the base model: text, vocabulary, first weights, pre-training (see Pretraining)
/// ```
///
/// The list of embedded files is made anew each time.
public final class Maker {
    private static final String EMBEDDED = "src/main/resources/dev/attune/starter/embedded";

    private Maker() {}

    /// Makes the parts that are named.
    ///
    /// @param args the module's folder, then `data` or `model` or both
    public static void main(String... args) throws IOException {
        Path module = Path.of(args[0]).toAbsolutePath().normalize();
        Path embedded = module.resolve(EMBEDDED);
        Files.createDirectories(embedded);
        for (String part : List.of(args).subList(1, args.length)) {
            switch (part) {
                case "data" -> data(embedded);
                case "model" -> model(module, embedded);
                default -> throw new IllegalArgumentException("There is no part " + part + ".");
            }
        }
        Files.writeString(embedded.resolve(EmbeddedFiles.LIST), EmbeddedFiles.of(embedded).text());
    }

    private static void data(Path embedded) {
        SupportData.Rows rows = SupportData.drawn(SupportData.SEED);
        Jsonl.write(embedded.resolve("train.jsonl"), rows.train().stream());
        Jsonl.write(embedded.resolve("heldout.jsonl"), rows.heldout().stream());
    }

    private static void model(Path module, Path embedded) throws IOException {
        Path made =
                new Pretraining(
                                module.resolve("target/starter"),
                                module.resolve("pretrain.yaml"),
                                System.out::println)
                        .run();
        Path model = embedded.resolve("model");
        Files.createDirectories(model);
        Files.copy(
                module.resolve("model-card.md"),
                model.resolve("README.md"),
                StandardCopyOption.REPLACE_EXISTING);
        try (Stream<Path> files = Files.list(made)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        model.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
