package dev.attune.text;

import dev.attune.base.AttuneException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// SentencePiece's compiled map of characters: a trie as a double array, and the texts that it
/// leads to. The library follows its numbers unseen, and a bad one would end the whole process; so
/// they are looked at first.
///
/// ```
/// u32 bytes of the trie │ u32 unit, u32 unit ... │ texts, each ended by 0
/// ```
final class CharsMap {
    private static final int UNIT_BYTES = 4;
    private static final int IS_VALUE = 1 << 31;

    private CharsMap() {}

    /// Refuses a map, in Base64, that leads out of itself.
    ///
    /// @throws AttuneException of kind USER at `place`
    static void requireSound(String base64, Object place) {
        try {
            ByteBuffer map =
                    ByteBuffer.wrap(Base64.getDecoder().decode(base64))
                            .order(ByteOrder.LITTLE_ENDIAN);
            if (map.remaining() < UNIT_BYTES || !isSound(map)) {
                throw unsound(place);
            }
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw unsound(place).causedBy(e);
        }
    }

    private static boolean isSound(ByteBuffer map) throws CharacterCodingException {
        int trieBytes = map.getInt();
        if (trieBytes <= 0 || trieBytes % UNIT_BYTES != 0 || trieBytes > map.remaining()) {
            return false;
        }
        int[] units = new int[trieBytes / UNIT_BYTES];
        for (int i = 0; i < units.length; i++) {
            units[i] = map.getInt();
        }
        ByteBuffer texts = map.slice();
        requireUtf8(texts.duplicate());
        for (int i = 0; i < units.length; i++) {
            boolean leads =
                    units[i] < 0
                            ? isStart(texts, units[i] & ~IS_VALUE)
                            : (next(i, units[i]) | 0xffL) < units.length;
            if (!leads) {
                return false;
            }
        }
        return true;
    }

    private static void requireUtf8(ByteBuffer texts) throws CharacterCodingException {
        StandardCharsets.UTF_8.newDecoder().decode(texts);
    }

    /// Where the unit's children are, before the byte is mixed in.
    private static long next(int index, int unit) {
        return (index ^ ((unit >>> 10) << ((unit & (1 << 9)) >>> 6))) & 0xffff_ffffL;
    }

    private static boolean isStart(ByteBuffer texts, int at) {
        return at < texts.limit() && (texts.get(at) & 0xc0) != 0x80;
    }

    private static AttuneException unsound(Object place) {
        return AttuneException.user("The normalizer's map of characters is damaged.")
                .at(place)
                .fix("Get the file again from the model's repository.");
    }
}
