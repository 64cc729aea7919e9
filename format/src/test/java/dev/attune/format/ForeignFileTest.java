package dev.attune.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;

class ForeignFileTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource
    void tellsWhatTheFileIs(ForeignFile kind, byte[] file) {
        AttuneException refusal = Crafted.refusal(file);

        assertThat(refusal.what()).isEqualTo(kind.what());
        assertThat(refusal.fix()).contains(kind.fix());
    }

    static Stream<Arguments> tellsWhatTheFileIs() {
        return Stream.of(
                Arguments.of(
                        ForeignFile.GIT_LFS,
                        Crafted.bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d")),
                Arguments.of(ForeignFile.HTML, Crafted.bytes("<!DOCTYPE html><html></html>")),
                Arguments.of(ForeignFile.HTML, Crafted.bytes("\ufeff\n <HTML>")),
                Arguments.of(ForeignFile.ZIP, Crafted.bytes("PK\u0003\u0004\0\0\0\0\0\0\0\0")),
                Arguments.of(
                        ForeignFile.PICKLE, new byte[] {(byte) 0x80, 2, '}', 'q', 0, 'X', 1, 0, 0}),
                Arguments.of(ForeignFile.GGUF, Crafted.bytes("GGUF\u0003\0\0\0{\0\0\0")),
                Arguments.of(ForeignFile.TEXT, Crafted.bytes("404")),
                Arguments.of(ForeignFile.TEXT, Crafted.bytes("Entry not found at this URL")));
    }

    @Test
    void recognisesAnArchiveWhoseMagicIsAPossibleHeaderLength() {
        byte[] zip = new byte[0x04034b50 + 8];
        ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 0x04034b50);

        assertThat(Crafted.refusal(zip).what()).isEqualTo(ForeignFile.ZIP.what());
    }

    @Test
    void believesAGoodHeaderWhoseLengthSpellsAnotherMagic() {
        byte[] file = new byte[0x04034b50 + 8];
        Arrays.fill(file, (byte) ' ');
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 0x04034b50);
        file[8] = '{';
        file[9] = '}';

        assertThat(Crafted.read(file).tensors()).as("an empty file with a long header").isEmpty();
    }

    @Test
    void recognisesNothingInAnEmptyFile() {
        assertThat(ForeignFile.recognise(MemorySegment.ofArray(new byte[0]))).isEmpty();
    }
}
