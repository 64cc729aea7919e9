package dev.attune.text;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A program that loads a tokenizer, encodes a text and says how many ids there are.
final class LoadedAlone {
    private LoadedAlone() {}

    /// Takes the path of the tokenizer.
    public static void main(String[] args) {
        StringBuilder said = new StringBuilder();
        try (Tokenizer tokenizer = Tokenizer.load(Path.of(args[0]))) {
            said.append("ids ").append(tokenizer.encode("the steel").length()).append('\n');
        } catch (AttuneException e) {
            if (e.kind() == ErrorKind.USER) {
                throw e;
            }
            said.append(e.kind()).append(' ').append(e.getMessage()).append('\n');
        }
        String shown = System.getProperty("show");
        if (shown != null) {
            said.append(System.getProperty(shown)).append('\n');
        }
        System.out.writeBytes(said.toString().getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }
}
