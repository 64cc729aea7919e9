package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.base.AttuneException;

import org.junit.jupiter.api.Test;

class RowFaultsTest {
    private final RowFaults faults = new RowFaults();

    @Test
    void saysOnceWhatManyRowsHaveInCommon() {
        for (int line = 1; line <= 7473; line++) {
            add("The model has no chat template.", line, "Give a template file.");
        }

        assertThatThrownBy(() -> faults.throwIfAny("Cannot tokenise a.jsonl"))
                .hasMessage(
                        """
                        The model has no chat template.
                          at   a.jsonl:1, a.jsonl:2, a.jsonl:3 and 7,470 more rows
                          fix  Give a template file.\
                        """);
    }

    @Test
    void tellsFewOfAKindOneByOne() {
        add("This is no JSON: unexpected end.", 1, "Mend it.");
        add("This is no JSON: unexpected comma.", 2, "Mend it.");
        add("The row is empty.", 3, "Leave it out.");

        assertThatThrownBy(() -> faults.throwIfAny("Cannot read a.jsonl"))
                .hasMessageStartingWith("Cannot read a.jsonl: 3 problems.")
                .hasMessageContaining("unexpected end.\n    at   a.jsonl:1")
                .hasMessageContaining("unexpected comma.\n    at   a.jsonl:2")
                .hasMessageContaining("The row is empty.\n    at   a.jsonl:3");
    }

    @Test
    void tellsManyThatDifferInDetailsByTheFirst() {
        for (int line = 1; line <= 500; line++) {
            add("Token %d is unknown: id %d.".formatted(line % 7, line), line, "Take its own.");
        }
        add("The row is empty.", 501, "Leave it out.");

        assertThatThrownBy(() -> faults.throwIfAny("Cannot read a.jsonl"))
                .hasMessageStartingWith("Cannot read a.jsonl: 501 rows are faulty: 2 problems.")
                .hasMessageContaining("Token 1 is unknown: id 1.\n    at   a.jsonl:1, a.jsonl:2,")
                .hasMessageContaining("a.jsonl:3 and 497 more rows where it is alike")
                .hasMessageContaining("The row is empty.\n    at   a.jsonl:501");
    }

    private void add(String what, int line, String fix) {
        faults.add(AttuneException.user(what).at("a.jsonl:" + line).fix(fix));
    }
}
