package dev.attune.cli;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.Map;

/// What the launcher lets Java watch once, after a build, so that later commands start faster: a
/// few commands, whose output goes nowhere.
public final class StartRecording {
    private static final List<List<String>> COMMANDS =
            List.of(
                    List.of("--help"),
                    List.of("model", "probe", "--help"),
                    List.of("runs", "list", "--json"),
                    List.of("model", "show", "no such model"),
                    List.of("doctor", "--json"));

    private StartRecording() {}

    /// Runs them in this process. One that fails has been watched as well.
    public static void main(String[] args) {
        for (List<String> command : COMMANDS) {
            CommandLine line = Attune.commandLine(Map.of(), StandardInput.none());
            line.setOut(new PrintWriter(Writer.nullWriter()));
            line.setErr(new PrintWriter(Writer.nullWriter()));
            Attune.run(line, command.toArray(String[]::new));
        }
    }
}
