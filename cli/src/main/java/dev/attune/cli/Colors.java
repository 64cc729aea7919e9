package dev.attune.cli;

import dev.attune.text.Span;

import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

import java.util.List;

/// Marks what is learned in a text: in colour on a terminal, in brackets elsewhere.
///
/// @param ansi whether the output understands colours
record Colors(boolean ansi) {
    private static final String LEARNED = "\u001b[32m";
    private static final String STOP = "\u001b[30;42m";
    private static final String PLAIN = "\u001b[0m";

    /// As the command's terminal and the environment's NO_COLOR have it.
    static Colors of(CommandSpec spec) {
        Ansi ansi = spec.commandLine().getColorScheme().ansi();
        return new Colors(ansi.enabled());
    }

    /// The text with its learned spans marked.
    String marked(String text, List<Span> spans) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (Span span : spans) {
            out.append(text, from, span.from()).append(learned(span.of(text)));
            from = span.to();
        }
        return out.append(text, from, text.length()).toString();
    }

    /// A learned piece.
    String learned(String piece) {
        return ansi ? LEARNED + piece + PLAIN : "⟦" + piece + "⟧";
    }

    /// A learned stop token.
    String stop(String piece) {
        return ansi ? STOP + piece + PLAIN : "⟦" + piece + "■⟧";
    }
}
