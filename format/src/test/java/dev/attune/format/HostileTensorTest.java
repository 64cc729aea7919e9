package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

class HostileTensorTest {
    private static final String A =
            "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refusesTensorThat(String fault, String fields, String message) {
        AttuneException refusal = Crafted.refusal(Crafted.file("{\"a\":{" + fields + "}}", 8));

        assertThat(refusal.what()).isEqualTo(message);
        assertThat(refusal.fix()).as("next step").isPresent();
    }

    static Stream<Arguments> refusesTensorThat() {
        return Stream.concat(withWrongFields(), withWrongNumbers());
    }

    private static Stream<Arguments> withWrongFields() {
        return Stream.of(
                tensor(
                        "lacksDtype",
                        "'shape':[2],'data_offsets':[0,8]",
                        "There is no dtype in tensor 'a'."),
                tensor(
                        "lacksShape",
                        "'dtype':'F32','data_offsets':[0,8]",
                        "There is no shape in tensor 'a'."),
                tensor(
                        "lacksOffsets",
                        "'dtype':'F32','shape':[2]",
                        "There is no data_offsets in tensor 'a'."),
                tensor(
                        "hasDtypeTwice",
                        "'dtype':'F32','dtype':'F32'",
                        "The key 'dtype' appears twice in tensor 'a'."),
                tensor(
                        "hasANumberForDtype",
                        "'dtype':32",
                        "Found a number for the dtype of tensor 'a'; expected a string."),
                tensor(
                        "hasAnUnknownDtype",
                        "'dtype':'F31'",
                        "The dtype 'F31' of tensor 'a' is unknown."),
                tensor(
                        "hasALowercaseDtype",
                        "'dtype':'bf16'",
                        "The dtype 'bf16' of tensor 'a' is not in capital letters."),
                tensor(
                        "hasANumberForShape",
                        "'shape':2",
                        "Found a number for the shape of tensor 'a'; expected an array of"
                                + " integers."));
    }

    private static Stream<Arguments> withWrongNumbers() {
        return Stream.of(
                tensor(
                        "hasAStringInShape",
                        "'shape':['2']",
                        "Found a string for the shape of tensor 'a'; expected integers."),
                tensor(
                        "hasANegativeShape",
                        "'shape':[-2,-2]",
                        "There is a negative number, -2, in the shape of tensor 'a'."),
                tensor(
                        "hasAFloatShape",
                        "'shape':[2.0]",
                        "There is 2.0 in the shape of tensor 'a'; expected whole numbers, written"
                                + " without point or exponent."),
                tensor(
                        "hasAnExponentInShape",
                        "'shape':[1e999999999]",
                        "There is 1e999999999 in the shape of tensor 'a'; expected whole numbers,"
                                + " written without point or exponent."),
                tensor(
                        "hasAShapeBeyondALong",
                        "'shape':[9223372036854775808]",
                        "The number 9223372036854775808 in the shape of tensor 'a' is beyond 2^63 -"
                                + " 1."),
                tensor(
                        "hasTooManyDimensions",
                        "'shape':[" + "1,".repeat(64) + "1]",
                        "There are more than 64 numbers in the shape of tensor 'a'."),
                tensor(
                        "hasAShapeProductThatOverflows",
                        "'dtype':'F32','shape':[8589934592,8589934592],'data_offsets':[0,8]",
                        "Cannot read tensor 'a': the shape [8589934592, 8589934592] has more"
                                + " elements than 64 bits can count."),
                tensor(
                        "hasASizeThatOverflows",
                        "'dtype':'F64','shape':[1152921504606846976],'data_offsets':[0,8]",
                        "Cannot read tensor 'a': F64 [1152921504606846976] takes more bytes than 64"
                                + " bits can count."),
                tensor(
                        "hasHalfAByte",
                        "'dtype':'F4','shape':[3],'data_offsets':[0,2]",
                        "Cannot read tensor 'a': F4 [3] takes 12 bits, which is not a whole number"
                                + " of bytes."),
                tensor(
                        "hasOneOffset",
                        "'dtype':'F32','shape':[2],'data_offsets':[0]",
                        "Found 1 data_offsets in tensor 'a'; expected two, begin and end."),
                tensor(
                        "hasThreeOffsets",
                        "'dtype':'F32','shape':[2],'data_offsets':[0,4,8]",
                        "Found 3 data_offsets in tensor 'a'; expected two, begin and end."),
                tensor(
                        "hasANegativeOffset",
                        "'dtype':'F32','shape':[2],'data_offsets':[-8,0]",
                        "There is a negative number, -8, in the data_offsets of tensor 'a'."),
                tensor(
                        "hasReversedOffsets",
                        "'dtype':'F32','shape':[2],'data_offsets':[8,0]",
                        "The data_offsets of tensor 'a' are reversed: begin 8, end 0."),
                tensor(
                        "hasOffsetsOfAnotherSize",
                        "'dtype':'F32','shape':[3],'data_offsets':[0,8]",
                        "The data_offsets of tensor 'a' span 8 bytes; F32 [3] takes 12."),
                tensor(
                        "endsPastTheFile",
                        "'dtype':'F32','shape':[3],'data_offsets':[0,12]",
                        "Tensor 'a' ends at byte 12 of the data, but the file holds only 8."),
                tensor(
                        "beginsAfterAHole",
                        "'dtype':'F32','shape':[1],'data_offsets':[4,8]",
                        "No tensor covers bytes 0 to 4 of the data, between the start of the data"
                                + " and tensor 'a'."),
                tensor(
                        "endsBeforeTheFile",
                        "'dtype':'F32','shape':[1],'data_offsets':[0,4]",
                        "4 bytes follow tensor 'a', where the file should end."));
    }

    @Test
    void namesBothTensorsThatOverlap() {
        String header =
                "{" + A + ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}";

        assertThat(Crafted.refusal(Crafted.file(header, 12)).what())
                .isEqualTo(
                        "Tensor 'b' begins at byte 4 of the data, inside tensor 'a', which ends at"
                                + " 8.");
    }

    @Test
    void namesBothTensorsBesideAHole() {
        String header =
                "{" + A + ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,20]}}";

        assertThat(Crafted.refusal(Crafted.file(header, 20)).what())
                .isEqualTo(
                        "No tensor covers bytes 8 to 12 of the data, between tensor 'a' and tensor"
                                + " 'b'.");
    }

    @Test
    void refusesAnEmptyTensorInsideAnother() {
        String header =
                "{" + A + ",\"z\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}";

        assertThat(Crafted.refusal(Crafted.file(header, 8)).what())
                .contains("'z' begins at byte 4 of the data, inside tensor 'a'");
    }

    @Test
    void suggestsTheNearestDtype() {
        AttuneException near = Crafted.refusal(Crafted.file("{\"a\":{\"dtype\":\"F8_E4M4\"}}", 0));
        AttuneException far =
                Crafted.refusal(Crafted.file("{\"a\":{\"dtype\":\"quaternion\"}}", 0));
        AttuneException lower = Crafted.refusal(Crafted.file("{\"a\":{\"dtype\":\"f32\"}}", 0));

        assertThat(near.fix().orElseThrow()).contains("F8_E4M3");
        assertThat(far.fix().orElseThrow()).contains("BOOL, F4").contains("U64");
        assertThat(lower.fix().orElseThrow()).contains("F32");
    }

    @Test
    void doesNotCompareAnEndlessDtypeWithKnownOnes() {
        String dtype = "F".repeat(5_000_000);

        AttuneException refusal =
                Crafted.refusal(Crafted.file("{\"a\":{\"dtype\":\"" + dtype + "\"}}", 0));

        assertThat(refusal.what()).hasSizeLessThan(300).contains("FFF...");
    }

    private static Arguments tensor(String fault, String fields, String message) {
        return Arguments.of(fault, fields.replace('\'', '"'), message);
    }
}
