package dev.attune.export;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One key is changed and nothing else.
class JsonFileTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": 1e-06, \"k\": null} | {\"a\": 1e-06, \"k\": 7}",
                "{\"k\":12345, \"a\": 2} | {\"k\":7, \"a\": 2}",
                "{\"k\": \"é\\u00e9\" } | {\"k\": 7 }",
                "{\"k\":1.50} | {\"k\":7}",
                "{\"k\": {\"k\": [1]}, \"b\":[]} | {\"k\": 7, \"b\":[]}",
                "{\"a\": {\"k\": 1}, \"k\": [2 , 3]} | {\"a\": {\"k\": 1}, \"k\": 7}",
            })
    void theValueOfAKeyIsReplaced(String before, String after) {
        assertThat(JsonFile.with(before, "k", "7")).isEqualTo(after);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"` {\"a\": {\"k\": 1}}` | ` {\n  \"k\": 7,\"a\": {\"k\": 1}}`"})
    void aNewKeyComesFirst(String before, String after) {
        assertThat(JsonFile.with(before, "k", "7")).isEqualTo(after);
    }
}
