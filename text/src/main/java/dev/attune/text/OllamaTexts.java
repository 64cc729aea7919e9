package dev.attune.text;

import dev.attune.base.AttuneException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// How texts that a template wrote are taken apart.
final class OllamaTexts {
    private OllamaTexts() {}

    /// Nothing where the template refuses the conversation.
    static Optional<String> rendered(
            Function<Conversation, String> render, Conversation conversation) {
        try {
            return Optional.of(render.apply(conversation));
        } catch (AttuneException _) {
            return Optional.empty();
        }
    }

    /// What stands before, between and after marks; nothing unless each comes once, in that order.
    static Optional<List<String>> between(String text, List<String> marks) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (String mark : marks) {
            int at = text.indexOf(mark, from);
            if (at < 0 || text.indexOf(mark) != at || text.lastIndexOf(mark) != at) {
                return Optional.empty();
            }
            parts.add(text.substring(from, at));
            from = at + mark.length();
        }
        parts.add(text.substring(from));
        return Optional.of(parts);
    }

    static String commonStart(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return a.substring(0, length);
    }

    static String commonEnd(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length())
                && a.charAt(a.length() - 1 - length) == b.charAt(b.length() - 1 - length)) {
            length++;
        }
        return a.substring(a.length() - length);
    }

    static String without(String text, String end) {
        return text.substring(0, text.length() - end.length());
    }
}
