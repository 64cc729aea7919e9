package dev.attune.starter;

import dev.attune.starter.WordTable.Row;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One text being written: the random numbers, and what has been remembered so far, which later
/// parts of the same text may use. Not thread-safe.
final class Draft {
    private static final Pattern RANGE = Pattern.compile("(\\d+)-(\\d+)");
    private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+)(?:\\.(\\w+))?");
    private static final int MAX_DEPTH = 40;

    private final PhraseBook book;
    private final RandomGenerator random;
    private final Map<String, Row> remembered = new HashMap<>();
    private int depth;

    Draft(PhraseBook book, RandomGenerator random) {
        this.book = book;
        this.random = random;
    }

    /// Remembers a value.
    void set(String variable, String value) {
        remembered.put(variable, Row.of(value));
    }

    /// What a variable is; empty if it was not set.
    Optional<String> value(String variable) {
        return Optional.ofNullable(remembered.get(variable)).map(row -> row.cell(""));
    }

    /// What a rule says.
    String rule(String name) {
        List<Phrase> options = book.rule(name);
        return write(options.get(random.nextInt(options.size())));
    }

    /// Writes out a template.
    ///
    /// @throws IllegalArgumentException if it names what is not there
    String write(Phrase phrase) {
        if (++depth > MAX_DEPTH) {
            throw new IllegalArgumentException("Rules call one another without end: " + phrase);
        }
        String text =
                switch (phrase) {
                    case Phrase.Text(String words) -> words;
                    case Phrase.Sequence(List<Phrase> parts) -> {
                        StringBuilder all = new StringBuilder();
                        parts.forEach(part -> all.append(write(part)));
                        yield all.toString();
                    }
                    case Phrase.Choice(List<Phrase> options) ->
                            write(options.get(random.nextInt(options.size())));
                    case Phrase.Call(String name, boolean capital) -> {
                        String said = rule(filled(name));
                        yield capital ? Polish.capital(said) : said;
                    }
                    case Phrase.Slot slot -> slot(slot);
                };
        depth--;
        return text;
    }

    private String slot(Phrase.Slot slot) {
        List<String> values = new ArrayList<>();
        boolean silent = false;
        for (Phrase.Operand operand : slot.operands()) {
            Row row = row(operand);
            if (!operand.variable().isEmpty()) {
                remembered.put(operand.variable(), row);
            }
            values.add(row.cell(operand.column()));
            silent |= operand.silent();
        }
        if (silent) {
            return "";
        }
        for (String function : slot.functions().reversed()) {
            values = List.of(Functions.apply(function, values));
        }
        return values.getFirst();
    }

    private Row row(Phrase.Operand operand) {
        String source = operand.source();
        Row known = remembered.get(source);
        if (known != null && operand.filter().isEmpty() && operand.variable().isEmpty()) {
            return known;
        }
        if (source.startsWith("<")) {
            String said = rule(filled(source.substring(1, source.length() - 1)));
            return Row.of(Polish.articles(said));
        }
        Matcher range = RANGE.matcher(source);
        if (range.matches()) {
            return Row.of(number(range));
        }
        if (book.hasTable(source)) {
            return drawn(book.table(source), filled(operand.filter()));
        }
        return known != null ? known : Row.of(Makers.make(source, random));
    }

    /// A number that was not drawn before in this text, where that is possible.
    private String number(Matcher range) {
        int from = Integer.parseInt(range.group(1));
        int to = Integer.parseInt(range.group(2));
        String number = String.valueOf(random.nextInt(from, to + 1));
        for (int i = 0; i < 8 && remembered.containsValue(Row.of(number)); i++) {
            number = String.valueOf(random.nextInt(from, to + 1));
        }
        return number;
    }

    /// A row that this text has not used yet, where there is one.
    private Row drawn(WordTable table, String filter) {
        List<Row> fitting =
                table.rows().stream()
                        .filter(row -> filter.isEmpty() || row.cells().contains(filter))
                        .toList();
        if (fitting.isEmpty()) {
            throw new IllegalArgumentException("@" + table.name() + " has no row of " + filter);
        }
        List<Row> fresh = fitting.stream().filter(row -> !remembered.containsValue(row)).toList();
        List<Row> from = fresh.isEmpty() ? fitting : fresh;
        return from.get(random.nextInt(from.size()));
    }

    /// With the values of variables in place of their names.
    private String filled(String text) {
        return text.indexOf('$') < 0
                ? text
                : VARIABLE.matcher(text)
                        .replaceAll(found -> {
                            Row row = remembered.get(found.group(1));
                            if (row == null) {
                                throw new IllegalArgumentException(
                                        "Nothing is called " + found.group(1) + ": " + text);
                            }
                            String column = found.group(2);
                            return Matcher.quoteReplacement(row.cell(column == null ? "" : column));
                        });
    }
}
