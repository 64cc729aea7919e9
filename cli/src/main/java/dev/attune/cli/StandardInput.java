package dev.attune.cli;

import java.io.Console;
import java.io.InputStream;

/// What a command can read from whoever started it.
///
/// @param stream the bytes
/// @param isTerminal whether a person types them, and sees what the command prints
record StandardInput(InputStream stream, boolean isTerminal) {
    /// That of this process.
    // The console of java.base, which is the usual one, is still null where there is no terminal.
    @SuppressWarnings("SystemConsoleNull")
    static StandardInput here() {
        Console console = System.console();
        return new StandardInput(System.in, console != null && console.isTerminal());
    }

    /// One that has ended.
    static StandardInput none() {
        return new StandardInput(InputStream.nullInputStream(), false);
    }
}
