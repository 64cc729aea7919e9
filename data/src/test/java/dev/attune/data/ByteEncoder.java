package dev.attune.data;

import dev.attune.base.AttuneException;
import dev.attune.text.TokenSequence;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;

/// Plain text as one token a byte; every other token is trained. Text that begins with `!` is
/// refused, with `?` is noted.
record ByteEncoder(String key) implements RowEncoder {
    @Override
    public EncodedRow encode(Example example) {
        if (!(example instanceof PlainText text)) {
            throw AttuneException.user("Not a text.").fix("Give texts.");
        }
        if (text.text().startsWith("!")) {
            throw AttuneException.user("The text shouts.").fix("Speak softly.");
        }
        List<String> notes =
                text.text().startsWith("?") ? List.of("asks", "has " + text.text()) : List.of();
        return new EncodedRow(tokens(text.text()), notes);
    }

    static TokenSequence tokens(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        BitSet trained = new BitSet();
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xff;
            trained.set(i, i % 2 == 1);
        }
        return new TokenSequence(ids, trained);
    }
}
