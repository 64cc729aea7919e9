package dev.attune.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Tells which character separates the fields of a table, from its first lines.
final class Delimiter {
    private static final char[] KNOWN = {',', '\t', ';', '|'};
    private static final int LINES = 20;
    private static final int MAX_NAME_CHARS = 64;

    private Delimiter() {}

    /// The delimiter of a file that its name calls a table: the one that cuts the first line into
    /// the most fields; where none does, there is one column.
    static char ofTable(String fileName, String head) {
        if (fileName.toLowerCase(Locale.ROOT).contains(".tsv")) {
            return '\t';
        }
        List<String> lines = records(head);
        char best = ',';
        int most = 1;
        for (char delimiter : KNOWN) {
            int fields = lines.isEmpty() ? 0 : fields(lines.getFirst(), delimiter).size();
            if (fields > most) {
                best = delimiter;
                most = fields;
            }
        }
        return best;
    }

    /// The delimiter of a file that nothing calls a table but its look: short, different names in
    /// the first line, and as many fields in each of the next.
    static Optional<Character> ofLook(String head) {
        List<String> lines = records(head);
        if (lines.size() < 3) {
            return Optional.empty();
        }
        for (char delimiter : KNOWN) {
            List<String> names = fields(lines.getFirst(), delimiter);
            boolean named =
                    names.size() >= 2
                            && new HashSet<>(names).size() == names.size()
                            && names.stream()
                                    .allMatch(n -> !n.isBlank() && n.length() <= MAX_NAME_CHARS);
            if (named
                    && lines.stream()
                            .skip(1)
                            .allMatch(line -> fields(line, delimiter).size() == names.size())) {
                return Optional.of(delimiter);
            }
        }
        return Optional.empty();
    }

    /// The first records that are surely whole, with the line ends inside quotation marks in them.
    private static List<String> records(String head) {
        List<String> records = new ArrayList<>();
        StringBuilder record = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < head.length() && records.size() < LINES; i++) {
            char c = head.charAt(i);
            quoted ^= c == '"';
            if (c == '\n' && !quoted) {
                if (!record.toString().isBlank()) {
                    records.add(record.toString().stripTrailing());
                }
                record.setLength(0);
            } else {
                record.append(c);
            }
        }
        if (records.isEmpty() && !record.isEmpty()) {
            records.add(record.toString());
        }
        return records;
    }

    private static List<String> fields(String record, char delimiter) {
        List<String> fields = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < record.length(); i++) {
            quoted ^= record.charAt(i) == '"';
            if (record.charAt(i) == delimiter && !quoted) {
                fields.add(record.substring(from, i));
                from = i + 1;
            }
        }
        fields.add(record.substring(from));
        return fields;
    }
}
