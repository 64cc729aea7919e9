package dev.attune.cli;

import dev.attune.generate.GenerationResult.Finish;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// How a chat is shown: streamed with figures for a person, the answers alone for a pipe, or an
/// object for each answer.
///
/// @param out where answers go
/// @param err where everything else goes
/// @param form for whom
/// @param hasColors whether the figures are dimmed
record ChatScreen(PrintWriter out, PrintWriter err, Form form, boolean hasColors) {
    enum Form {
        TERMINAL,
        PIPE,
        JSON
    }

    /// A piece of an answer.
    void piece(String text) {
        if (form != Form.JSON && !text.isEmpty()) {
            out.print(text);
            out.flush();
        }
    }

    /// The end of an answer.
    void answered(ChatModel.Answer answer) {
        switch (form) {
            case PIPE -> out.println();
            case JSON -> out.println(JsonText.write(fields(answer)));
            case TERMINAL -> {
                out.println();
                out.println(dim(figures(answer)));
                out.println();
            }
        }
        out.flush();
    }

    /// A sentence to the person, which is no part of an answer.
    void note(String sentence) {
        err.println(form == Form.TERMINAL ? dim(sentence) : "attune: " + sentence);
        err.flush();
    }

    /// Text that a command shows.
    void show(String text) {
        err.println(text);
        err.flush();
    }

    private String dim(String text) {
        return hasColors ? "\u001b[2m" + text + "\u001b[0m" : text;
    }

    private static String figures(ChatModel.Answer answer) {
        int tokens = answer.result().tokens().size();
        String end =
                switch (answer.result().finish()) {
                    case Finish.Stop _ -> "";
                    case Finish.Length _ -> ", cut: /set max_new_tokens allows more";
                    case Finish.Cancelled _ -> ", stopped";
                };
        return String.format(
                Locale.ROOT,
                "[%d tokens, %.1f tokens/s, first after %.2f s%s]",
                tokens,
                answer.tokensPerSecond(),
                answer.firstTokenSeconds(),
                end);
    }

    private static Map<String, Object> fields(ChatModel.Answer answer) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("answer", answer.text());
        fields.put("tokens", answer.result().tokens().size());
        fields.put("seconds", answer.seconds());
        fields.put(
                "stop",
                switch (answer.result().finish()) {
                    case Finish.Stop _ -> "stop";
                    case Finish.Length _ -> "length";
                    case Finish.Cancelled _ -> "cancelled";
                });
        fields.put("prompt_tokens", answer.promptTokens());
        fields.put("reused_tokens", answer.reusedTokens());
        fields.put("first_token_seconds", answer.firstTokenSeconds());
        return fields;
    }
}
