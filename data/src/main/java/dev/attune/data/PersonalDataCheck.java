package dev.attune.data;

import dev.attune.data.Finding.Severity;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Personal data and secrets, which a model learns by heart. Reports show kinds and never the data.
final class PersonalDataCheck implements RowCheck {
    private final RowTally tally;

    PersonalDataCheck(int maxRows) {
        tally = new RowTally(maxRows);
        for (PersonalData.Kind kind : PersonalData.Kind.values()) {
            boolean secret =
                    switch (kind) {
                        case PRIVATE_KEY, API_KEY, CARD, IBAN -> true;
                        case EMAIL, PHONE -> false;
                    };
            tally.kind(
                    secret ? Severity.ERROR : Severity.WARNING,
                    code(kind),
                    "%,d rows hold what looks like " + article(kind) + kind.told() + ".",
                    "attune data clean --redact puts "
                            + kind.placeholder()
                            + " in its place"
                            + (secret ? "; a key that was shared must be revoked." : "."));
        }
    }

    @Override
    public void see(CheckedRow checked) {
        RowText text = checked.text();
        Map<PersonalData.Kind, Long> counts = new EnumMap<>(PersonalData.Kind.class);
        for (String part : List.of(text.system(), text.prompt(), text.answer())) {
            PersonalData.in(part).forEach(found -> counts.merge(found.kind(), 1L, Long::sum));
        }
        String all =
                counts.entrySet().stream()
                        .map(e -> e.getValue() + " " + e.getKey().told())
                        .collect(Collectors.joining(", "));
        counts.keySet().forEach(kind -> tally.add(code(kind), text.origin(), all));
    }

    @Override
    public List<Finding> findings(RowIndex index) {
        return tally.findings();
    }

    static String code(PersonalData.Kind kind) {
        return "personal_" + kind.name().toLowerCase(Locale.ROOT);
    }

    private static String article(PersonalData.Kind kind) {
        return switch (kind) {
            case API_KEY, EMAIL, IBAN -> "an ";
            case PRIVATE_KEY, CARD, PHONE -> "a ";
        };
    }
}
