package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;

class HostileHeaderTest {
    private static final String A =
            "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refusesHeaderThat(String fault, String header, int dataBytes, String message) {
        AttuneException refusal = Crafted.refusal(Crafted.file(header, dataBytes));

        assertThat(refusal.kind()).isEqualTo(ErrorKind.USER);
        assertThat(refusal.what()).isEqualTo(message);
        assertThat(refusal.where()).as("place").contains("crafted.safetensors");
        assertThat(refusal.fix()).as("next step").isPresent();
    }

    static Stream<Arguments> refusesHeaderThat() {
        return Stream.of(
                syntax("isEmpty", "", "The header length is 0; expected at least 2, for {}."),
                syntax("isOnlySpaces", "   ", "The JSON of the header ends before it is complete."),
                syntax("isAnArray", "[]", "Found an array for the header; expected an object."),
                syntax("isNull", "null", "Found null for the header; expected an object."),
                syntax("isANumber", "12", "Found a number for the header; expected an object."),
                syntax("isAString", "\"a\"", "Found a string for the header; expected an object."),
                syntax(
                        "endsEarly",
                        "{\"a\":",
                        "The JSON of the header ends before it is complete."),
                syntax(
                        "endsInAName",
                        "{\"abc",
                        "The JSON of the header ends before it is complete."),
                syntax(
                        "goesOnAfterTheBrace",
                        "{} {}",
                        "Something other than spaces follows the closing brace of the header, "
                                + "near character 4."),
                syntax(
                        "isNestedDeepInAnIgnoredKey",
                        "{\"a\":{\"x\":" + "[".repeat(40) + "]".repeat(40) + "}}",
                        "The JSON of the header is nested deeper than 32 levels."),
                syntax(
                        "isNestedBeyondTheParser",
                        "{\"a\":" + "[".repeat(20_000),
                        "The JSON of the header is nested deeper than 32 levels."),
                syntax(
                        "describesATensorByAString",
                        "{\"a\":\"F32\"}",
                        "Found a string for tensor 'a'; expected an object."),
                syntax(
                        "describesATensorByTrue",
                        "{\"a\":true}",
                        "Found true or false for tensor 'a'; expected an object."),
                syntax(
                        "hasMetadataThatIsAString",
                        "{\"__metadata__\":\"x\"}",
                        "Found a string for __metadata__; expected an object."),
                syntax(
                        "hasMetadataThatIsANumber",
                        "{\"__metadata__\":{\"k\":1}}",
                        "Found a number for the metadata key 'k'; expected a string."),
                syntax(
                        "hasAMetadataKeyTwice",
                        "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}",
                        "The key 'k' appears twice in __metadata__."),
                Arguments.of(
                        "hasATensorTwice",
                        "{" + A + "," + A + "}",
                        8,
                        "The tensor 'a' appears twice in the header."));
    }

    @Test
    void showsNoControlCharactersOfAName() {
        String header = "{\"\\u001b[2J\\u202e\":1}";

        assertThat(Crafted.refusal(Crafted.file(header, 0)).what())
                .isEqualTo(
                        "Found a number for tensor '\\u001b[2J\\u202e'; expected an" + " object.");
    }

    @Test
    void refusesHalfASurrogatePairInAName() {
        String header = "{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";

        assertThat(Crafted.refusal(Crafted.file(header, 4)).what())
                .contains("Broken surrogate pair");
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        byte[] file = Crafted.file(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}, 0);

        assertThat(Crafted.refusal(file).what())
                .isEqualTo("The bytes of the header are not UTF-8: 0xff at byte 2.");
    }

    @Test
    void refusesUtf8CutInTheMiddle() {
        byte[] file = Crafted.file(new byte[] {'{', '"', (byte) 0xe3, (byte) 0x83}, 0);

        assertThat(Crafted.refusal(file).what()).contains("not UTF-8: 0xe3 at byte 2");
    }

    @Test
    void refusesUtf16AsNotJson() {
        byte[] file = Crafted.file(new byte[] {'{', 0, '}', 0}, 0);

        assertThat(Crafted.refusal(file).what()).startsWith("This is not JSON in the header");
    }

    @Test
    void refusesTextThatIsNotJson() {
        assertThat(Crafted.refusal(Crafted.file("not json", 0)).what())
                .startsWith("This is not JSON in the header, at character ")
                .contains("'not'");
    }

    @Test
    void refusesFileShorterThanAHeaderLength() {
        assertThat(Crafted.refusal(new byte[] {1, 0, 0}).what())
                .isEqualTo(
                        "The file has 3 bytes; a safetensors file begins with 8 for its header"
                                + " length.");
    }

    @Test
    void refusesHeaderLongerThanTheFile() {
        assertThat(Crafted.refusal(withLength(1000, "{}")).what())
                .isEqualTo("The header length is 1000 bytes, but only 2 follow it in the file.");
    }

    @Test
    void refusesHeaderOver100Megabytes() {
        assertThat(Crafted.refusal(withLength(100_000_001, "{}")).what())
                .isEqualTo("The header length is 100000001 bytes; at most 100000000 are allowed.");
        assertThat(Crafted.refusal(withLength(-1, "{}")).what())
                .contains("18446744073709551615 bytes");
        assertThat(Crafted.refusal(withLength(Long.MIN_VALUE, "{}")).what())
                .contains("9223372036854775808 bytes");
    }

    @Test
    void acceptsWhatTheReferenceAccepts() {
        SafetensorsHeader header =
                Crafted.read(
                        Crafted.file(
                                " {\"a\":{\"new\":[{}],\"data_offsets\":[0,2],\"shape\":[2,2],"
                                        + "\"dtype\":\"F4\"}} \n\t",
                                2));

        assertThat(header.tensors().get("a"))
                .as("unknown keys and blanks are passed over")
                .isEqualTo(new TensorEntry("a", SafetensorsDtype.F4, List.of(2L, 2L), 78, 2));
    }

    private static byte[] withLength(long length, String rest) {
        byte[] file = Crafted.file(rest, 0);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        return file;
    }

    private static Arguments syntax(String fault, String header, String message) {
        return Arguments.of(fault, header, 0, message);
    }
}
