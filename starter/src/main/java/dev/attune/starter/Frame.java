package dev.attune.starter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The frame of a text: who says what, with the templates of it.
///
/// @param id its name, the same for all its instances
/// @param weight how often it is drawn, beside others
/// @param facts `key=value` of its first line, such as a category
/// @param settings what is remembered before the turns, in this order
/// @param turns at least one
record Frame(
        String id,
        int weight,
        Map<String, String> facts,
        List<Setting> settings,
        List<Turn> turns) {
    /// A value remembered.
    record Setting(String variable, Phrase value) {}

    /// What one side says.
    ///
    /// @param role `system`, `user`, `assistant`, or `text` for text without roles
    /// @param raw whether it is left as written, without capitals put in
    record Turn(String role, boolean raw, Phrase phrase) {}

    /// Reads `# id weight key=value ...` and the lines after it.
    static Frame read(List<String> lines) {
        String[] head = lines.getFirst().substring(1).strip().split(" +", -1);
        int weight = 1;
        Map<String, String> facts = new HashMap<>();
        for (int i = 1; i < head.length; i++) {
            int equals = head[i].indexOf('=');
            if (equals < 0) {
                weight = Integer.parseInt(head[i]);
            } else {
                facts.put(head[i].substring(0, equals), head[i].substring(equals + 1));
            }
        }
        List<Setting> settings = new ArrayList<>();
        List<Turn> turns = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith("~")) {
                int equals = line.indexOf('=');
                settings.add(
                        new Setting(
                                line.substring(1, equals).strip(),
                                PhraseParser.parse(line.substring(equals + 1).strip())));
            } else {
                turns.add(turn(line));
            }
        }
        return new Frame(
                head[0], weight, Map.copyOf(facts), List.copyOf(settings), List.copyOf(turns));
    }

    private static Turn turn(String line) {
        boolean raw = line.startsWith("=", 1);
        int colon = raw ? 2 : 1;
        if (line.length() <= colon || line.charAt(colon) != ':') {
            throw new IllegalArgumentException("A turn begins with S: U: A: or T: " + line);
        }
        String role =
                switch (line.charAt(0)) {
                    case 'S' -> "system";
                    case 'U' -> "user";
                    case 'A' -> "assistant";
                    case 'T' -> "text";
                    default -> throw new IllegalArgumentException("Who speaks? " + line);
                };
        return new Turn(role, raw, PhraseParser.parse(line.substring(colon + 1).strip()));
    }
}
