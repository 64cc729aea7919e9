package dev.attune.text;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a template made of a part of a message, where it is not what stands in the data.
///
/// @param message the message's index
/// @param path where in the message, such as `content` or `content[1].text`
/// @param change what happened to it
/// @param lost the text that is missing; empty for [Change#ALTERED]
public record RoundTrip(int message, String path, Change change, String lost) {
    /// What can happen to a text.
    public enum Change {
        /// White space at its ends is gone.
        TRIMMED,
        /// A part of it is gone, such as the thinking of an earlier turn.
        CUT,
        /// Nothing of it is there.
        DROPPED,
        /// It is there with other characters.
        ALTERED
    }

    /// The change in words.
    public String described() {
        String what =
                switch (change) {
                    case TRIMMED -> "white space at its ends is left out";
                    case CUT -> "left out in part: " + quoted(lost);
                    case DROPPED -> "left out: " + quoted(lost);
                    case ALTERED -> "written with other characters";
                };
        return "message " + message + ", " + path + ": " + what + " by the chat template";
    }

    private static String quoted(String text) {
        String line = text.strip().replace("\n", "\\n");
        return "\"" + (line.length() > 60 ? line.substring(0, 57) + "..." : line) + "\"";
    }

    /// What happened to the messages of a rendered conversation; empty when all is there.
    static List<RoundTrip> of(Rendered rendered) {
        SourcedText text = rendered.sourced();
        List<Origin> origins = rendered.origins();
        Map<Integer, Kept> kept = new TreeMap<>();
        for (int i = 0; i < text.runs(); i++) {
            if (text.source(i) >= 0) {
                Kept at = kept.computeIfAbsent(text.source(i), _ -> new Kept());
                at.add(text.offset(i), text.chars().substring(text.start(i), text.end(i)));
            }
        }
        List<RoundTrip> changes = new ArrayList<>();
        for (int i = 0; i < origins.size(); i++) {
            Origin origin = origins.get(i);
            if (isText(origin)) {
                String original = original(rendered.conversation(), origin);
                kept.getOrDefault(i, new Kept()).compare(origin, original, changes);
            }
        }
        toolCalls(rendered, kept, changes);
        return changes;
    }

    private static boolean isText(Origin origin) {
        boolean spoken =
                origin.field() == Origin.Field.CONTENT || origin.field() == Origin.Field.REASONING;
        boolean part = origin.path().endsWith("].text");
        return spoken && origin.chars() > 0 && (part || origin.path().indexOf('[') < 0);
    }

    /// The text that an origin stands for.
    private static String original(Conversation conversation, Origin origin) {
        JsonNode node = conversation.messages().get(origin.message()).fields();
        return node.at(pointer(origin.path())).stringValue("");
    }

    /// The JSON pointer of an origin's path.
    static String pointer(String path) {
        return "/" + path.replace("[", "/").replace("]", "").replace(".", "/");
    }

    private static void toolCalls(
            Rendered rendered, Map<Integer, Kept> kept, List<RoundTrip> changes) {
        List<Message> messages = rendered.conversation().messages();
        for (int i = 0; i < messages.size(); i++) {
            int message = i;
            JsonNode calls = messages.get(i).fields().path("tool_calls");
            boolean written =
                    kept.keySet().stream()
                            .map(rendered.origins()::get)
                            .anyMatch(origin ->
                                    origin.message() == message
                                            && origin.field() == Origin.Field.TOOL_CALLS);
            if (calls.isArray() && !calls.isEmpty() && !written) {
                changes.add(new RoundTrip(i, "tool_calls", Change.DROPPED, calls.toString()));
            }
        }
    }

    /// What is left of one text.
    private static final class Kept {
        private final BitSet there = new BitSet();
        private final StringBuilder written = new StringBuilder();
        private final List<Integer> offsets = new ArrayList<>();

        void add(int offset, String chars) {
            there.set(offset, offset + chars.length());
            offsets.add(offset);
            offsets.add(written.length());
            written.append(chars);
        }

        void compare(Origin origin, String original, List<RoundTrip> changes) {
            if (there.cardinality() == 0) {
                if (!original.isBlank()) {
                    changes.add(at(origin, Change.DROPPED, original));
                }
                return;
            }
            int missing = there.nextClearBit(0);
            if (missing < original.length()) {
                StringBuilder lost = new StringBuilder();
                for (int i = missing; i < original.length(); i = there.nextClearBit(i + 1)) {
                    lost.append(original.charAt(i));
                }
                Change change = isOnlyEnds(original) ? Change.TRIMMED : Change.CUT;
                changes.add(at(origin, change, lost.toString()));
            }
            if (isAltered(original)) {
                changes.add(at(origin, Change.ALTERED, ""));
            }
        }

        private static RoundTrip at(Origin origin, Change change, String lost) {
            return new RoundTrip(origin.message(), origin.path(), change, lost);
        }

        private boolean isOnlyEnds(String original) {
            int from = there.nextSetBit(0);
            int to = there.length();
            return there.nextClearBit(from) >= to
                    && original.substring(0, from).isBlank()
                    && original.substring(to).isBlank();
        }

        private boolean isAltered(String original) {
            for (int i = 0; i < offsets.size(); i += 2) {
                int from = offsets.get(i + 1);
                int to = i + 3 < offsets.size() ? offsets.get(i + 3) : written.length();
                if (!original.startsWith(written.substring(from, to), offsets.get(i))) {
                    return true;
                }
            }
            return false;
        }
    }
}
