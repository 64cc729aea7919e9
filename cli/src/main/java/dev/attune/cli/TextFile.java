package dev.attune.cli;

import dev.attune.base.AttuneException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A text file that a command reads, line by line or whole, with errors that name the place.
final class TextFile {
    private final Path path;

    TextFile(Path path) {
        this.path = path;
    }

    /// What is done with each line.
    interface LineVisitor {
        /// Takes a line without its end.
        ///
        /// @param place `file:line`
        void visit(String line, String place) throws IOException;
    }

    /// Goes through the lines, of which only one is held at a time; empty lines are passed over.
    void eachLine(LineVisitor visitor) {
        long number = 1;
        try (BufferedReader lines = new BufferedReader(reader())) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String text = number == 1 && line.startsWith("\ufeff") ? line.substring(1) : line;
                if (!text.isBlank()) {
                    visitor.visit(text, path + ":" + number);
                }
                number++;
            }
        } catch (IOException e) {
            throw unreadable(e, number);
        }
    }

    /// The whole text.
    String text() {
        try (Reader reader = reader()) {
            String text = reader.readAllAsString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (IOException e) {
            throw unreadable(e, 1);
        }
    }

    private Reader reader() throws IOException {
        return new InputStreamReader(
                Files.newInputStream(path),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }

    private AttuneException unreadable(IOException e, long line) {
        if (e instanceof NoSuchFileException) {
            return AttuneException.user("The file " + path + " does not exist.")
                    .fix("Check the path.");
        }
        if (Files.isDirectory(path)) {
            return AttuneException.user(path + " is a folder.").fix("Give a file.");
        }
        if (e instanceof CharacterCodingException) {
            return AttuneException.user("The file is not in UTF-8.")
                    .at(path + " at or after line " + line)
                    .fix("Save it in UTF-8; iconv converts it.");
        }
        return AttuneException.environment("The file cannot be read: " + e.getMessage() + ".")
                .at(path)
                .fix("Check that you may read it.")
                .causedBy(e);
    }
}
