package dev.attune.data;

import tools.jackson.databind.node.JsonNodeFactory;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The JSON text of one row, as it grows; no longer than a row may be.
final class ArrowText {
    private final StringBuilder text = new StringBuilder();

    /// Appends text that is JSON already.
    ArrowText raw(String json) throws ArrowFault {
        if (text.length() + json.length() > Source.MAX_ROW_BYTES) {
            throw new ArrowFault(
                    "it is longer than the %,d bytes that a row may have"
                            .formatted(Source.MAX_ROW_BYTES));
        }
        text.append(json);
        return this;
    }

    /// Appends a string.
    ArrowText string(String value) throws ArrowFault {
        return raw(JsonNodeFactory.instance.stringNode(value).toString());
    }

    /// Appends bytes: as text, which must be UTF-8, or in base64.
    void bytes(ByteBuffer bytes, boolean isBinary) throws ArrowFault {
        if (bytes.remaining() > Source.MAX_ROW_BYTES) {
            raw(" ".repeat(Source.MAX_ROW_BYTES + 1));
        }
        if (isBinary) {
            string(StandardCharsets.ISO_8859_1.decode(Base64.getEncoder().encode(bytes)) + "");
            return;
        }
        try {
            string(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException e) {
            ArrowFault fault = new ArrowFault("it has a text that is not UTF-8");
            fault.initCause(e);
            throw fault;
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
