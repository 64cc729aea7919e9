package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PersonalDataTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Write to anna.b+c@mail.example.org. | Write to [EMAIL].",
                "Call +49 30 1234567 or (212) 555-0142 | Call [PHONE] or [PHONE]",
                "Call 212-555-0142 now | Call [PHONE] now",
                "Card 4111 1111 1111 1111, please | Card [CARD], please",
                "Card 5500005555555559 | Card [CARD]",
                "IBAN DE89 3704 0044 0532 0130 00. | IBAN [IBAN].",
                "IBAN GB82WEST12345698765432 | IBAN [IBAN]",
                "key AKIAIOSFODNN7EXAMPLE | key [API_KEY]",
                "api_key = 'a8f5f167f44f4964e6c998dee827110c' | [API_KEY]'",
            })
    void putsTheKindInPlaceOfTheData(String text, String redacted) {
        assertThat(PersonalData.redacted(text)).isEqualTo(redacted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Order 113542617735902 of 2024-11-21 for $1,234,567.00",
                "Card 4111 1111 1111 1112 has a wrong check digit",
                "IBAN DE89 3704 0044 0532 0130 01 has a wrong check",
                "Version 10.0.19045.3803 on 192.168.100.200",
                "@someone said 3.14159265358979",
                "1234567890123456 rows in 00:12:34",
                "sha 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                "12 34 56 78 90 and 100 200 300",
            })
    void leavesNumbersThatAreNoPersonalData(String text) {
        assertThat(PersonalData.redacted(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 1000, 100_000})
    void takesHostileTextInLinearTime(int length) {
        for (String piece : new String[] {"a@", "1 ", "A1B2 ", "+1-", "-----BEGIN ", "api_key= "}) {
            assertThat(PersonalData.in(piece.repeat(length / piece.length()))).isNotNull();
        }
    }
}
