package dev.attune.export;

import dev.attune.format.IoFault;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The licence that a model came with.
final class ModelLicense {
    private static final int MOST_BYTES = 1 << 20;

    private static final List<String> FILES =
            List.of(
                    "LICENSE",
                    "LICENSE.txt",
                    "LICENSE.md",
                    "LICENCE",
                    "LICENCE.txt",
                    "LICENCE.md",
                    "COPYING",
                    "license.txt",
                    "license.md");

    private ModelLicense() {}

    /// The text of its file, without characters that cannot be seen; where there is none, what its
    /// card names.
    static Optional<String> textOf(Path folder) {
        return FILES.stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .map(ModelLicense::read)
                .filter(text -> !text.isBlank())
                .or(() -> ModelCard.licenseOf(folder));
    }

    private static String read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                return "";
            }
            // Whatever the encoding, the plain characters are right.
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            StringBuilder kept = new StringBuilder();
            text.codePoints()
                    .map(code -> Modelfile.isKept(code) ? code : ' ')
                    .forEach(kept::appendCodePoint);
            return kept.toString();
        } catch (IOException e) {
            throw IoFault.reading(file, e);
        }
    }
}
