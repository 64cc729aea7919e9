package dev.attune.cli;

import dev.attune.base.AttuneException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Where the lines of a chat come from.
interface ChatInput extends AutoCloseable {
    /// The next line; empty at the end.
    ///
    /// @param prompt what a person sees before it
    Optional<String> line(String prompt);

    /// Whether a person asked to stop since the last call.
    boolean takeInterrupt();

    @Override
    void close();

    /// The lines of a stream in UTF-8, which nobody can interrupt. Closing leaves it open.
    static ChatInput of(InputStream stream) {
        var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        return new ChatInput() {
            @Override
            public Optional<String> line(String prompt) {
                try {
                    return Optional.ofNullable(lines.readLine());
                } catch (IOException e) {
                    throw AttuneException.environment("Standard input cannot be read.").causedBy(e);
                }
            }

            @Override
            public boolean takeInterrupt() {
                return false;
            }

            @Override
            public void close() {
                // The stream is its owner's.
            }
        };
    }
}
