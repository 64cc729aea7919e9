package dev.attune.starter;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The grammar: tables of words, rules and frames, read from files of the module.
///
/// ```
/// @animal one many young      a table; a row in each line, cells between |
/// dog | dogs | puppy
///
/// = greeting                  a rule; an alternative in each line
/// Hello[ there|].
///
/// # delivery.late 3           a frame, three times as likely as others
/// ~ tone=<tone>               a value remembered before the turns
/// U: Where is my {product}?   a turn of system, user or assistant, or T: plain text
/// ```
///
/// Immutable.
final class PhraseBook {
    private final Map<String, WordTable> tables = new HashMap<>();
    private final Map<String, List<Phrase>> rules = new HashMap<>();
    private final Map<String, List<Frame>> frames = new HashMap<>();

    private PhraseBook() {}

    /// Reads files of `text/`.
    ///
    /// @throws IllegalArgumentException if one cannot be understood
    static PhraseBook of(String... files) {
        PhraseBook book = new PhraseBook();
        for (String file : files) {
            try (InputStream in = PhraseBook.class.getResourceAsStream("text/" + file + ".txt")) {
                if (in == null) {
                    throw new IllegalArgumentException("There is no text/" + file + ".txt.");
                }
                book.read(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return book;
    }

    private void read(String file, String text) {
        List<String> block = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (!block.isEmpty() && (line.isBlank() || line.startsWith("= "))) {
                add(file, List.copyOf(block));
                block.clear();
            }
            if (!line.isBlank() && !line.startsWith(";")) {
                block.add(line);
            }
        }
        if (!block.isEmpty()) {
            add(file, block);
        }
    }

    private void add(String file, List<String> block) {
        String head = block.getFirst();
        switch (head.charAt(0)) {
            case '@' -> {
                WordTable table = WordTable.read(block);
                unique(tables.put(table.name(), table), head);
            }
            case '=' -> unique(rules.put(head.substring(1).strip(), alternatives(block)), head);
            case '#' -> frames.computeIfAbsent(file, _ -> new ArrayList<>()).add(Frame.read(block));
            default -> throw new IllegalArgumentException(file + ": what is this? " + head);
        }
    }

    /// A rule without alternatives says nothing.
    private static List<Phrase> alternatives(List<String> block) {
        return block.size() == 1
                ? List.of(new Phrase.Text(""))
                : block.stream().skip(1).map(PhraseParser::parse).toList();
    }

    private static void unique(@Nullable Object before, String head) {
        if (before != null) {
            throw new IllegalArgumentException(head + " is there twice");
        }
    }

    /// Whether there is such a table.
    boolean hasTable(String name) {
        return tables.containsKey(name);
    }

    /// @throws IllegalArgumentException if there is none
    WordTable table(String name) {
        return present(tables.get(name), "table", name);
    }

    /// The alternatives of a rule.
    ///
    /// @throws IllegalArgumentException if there is none
    List<Phrase> rule(String name) {
        return present(rules.get(name), "rule", name);
    }

    /// The names of all rules.
    Set<String> ruleNames() {
        return Set.copyOf(rules.keySet());
    }

    /// The frames of a file.
    ///
    /// @throws IllegalArgumentException if there are none
    List<Frame> frames(String file) {
        return List.copyOf(present(frames.get(file), "frames of", file));
    }

    private static <T> T present(@Nullable T found, String kind, String name) {
        if (found == null) {
            throw new IllegalArgumentException("There is no " + kind + " " + name + ".");
        }
        return found;
    }
}
