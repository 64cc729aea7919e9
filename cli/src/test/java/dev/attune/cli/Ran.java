package dev.attune.cli;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

/// What a command of the real command line gave back.
record Ran(int exitCode, String out, String err) {
    /// Runs it in this process.
    static Ran of(String... args) {
        return of(System.getenv(), args);
    }

    /// Runs it in this process with these variables in place of the environment.
    static Ran of(Map<String, String> environment, String... args) {
        return of(environment, StandardInput.none(), args);
    }

    /// Runs it in this process with these variables and this input.
    static Ran of(Map<String, String> environment, StandardInput input, String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        var line = Attune.commandLine(environment, input);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int exitCode = Attune.run(line, args);
        return new Ran(exitCode, out.toString(), err.toString());
    }

    /// Standard output, which must be one JSON value and a line's end.
    JsonNode json() {
        return JsonMapper.shared().readTree(out);
    }
}
