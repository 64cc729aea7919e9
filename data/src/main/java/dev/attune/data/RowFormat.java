package dev.attune.data;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// How the rows of a file are written, told by its first bytes and not by its name.
enum RowFormat {
    /// An object on each line.
    JSON_LINES,
    /// One array of objects.
    JSON_ARRAY;

    private static final int HEAD_BYTES = 1 << 16;

    /// Opens a file as what it is.
    static RowReader open(Source source) {
        return switch (of(source)) {
            case JSON_LINES -> new JsonlReader(source);
            case JSON_ARRAY -> new JsonArrayReader(source);
        };
    }

    /// Looks at the start of a file.
    ///
    /// @throws AttuneException of kind USER, saying what was found, if it is neither
    static RowFormat of(Source source) {
        String head;
        try (InputStream in = source.open()) {
            head = head(source, in);
        } catch (IOException e) {
            throw source.failed(e);
        }
        return switch (head.charAt(0)) {
            case '[' -> JSON_ARRAY;
            case '{' -> {
                if (opensOverLines(head)) {
                    throw ObjectFile.explained(source);
                }
                yield JSON_LINES;
            }
            default -> {
                if (namedAsLines(source)) {
                    yield JSON_LINES;
                }
                throw neither(source, head);
            }
        };
    }

    /// The first bytes after blanks, as Latin-1, at least one.
    private static String head(Source source, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(HEAD_BYTES);
        refuseOtherEncodings(source, bytes);
        int from = Source.startsWithMark(ByteBuffer.wrap(bytes)) ? 3 : 0;
        while (bytes.length > 0) {
            String head =
                    new String(bytes, from, bytes.length - from, StandardCharsets.ISO_8859_1)
                            .stripLeading();
            if (!head.isEmpty()) {
                return head;
            }
            bytes = in.readNBytes(HEAD_BYTES);
            from = 0;
        }
        throw AttuneException.user("The file is empty; expected rows.")
                .at(source.file())
                .fix("Check that the export that wrote it has ended well.");
    }

    private static void refuseOtherEncodings(Source source, byte[] bytes) {
        boolean marked =
                bytes.length >= 2
                        && ((bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe)
                                || (bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff));
        boolean zeros = bytes.length >= 2 && (bytes[0] == 0 || bytes[1] == 0);
        if (marked || zeros) {
            throw AttuneException.user("The file is UTF-16 or UTF-32, or binary; expected UTF-8.")
                    .at(source.file())
                    .fix(Source.SAVE_AS_UTF8);
        }
    }

    /// Whether the first line ends where no object can end, so that the object goes on.
    private static boolean opensOverLines(String head) {
        int end = head.indexOf('\n');
        if (end < 0) {
            return false;
        }
        String first = head.substring(0, end).strip();
        return "{[,:".indexOf(first.charAt(first.length() - 1)) >= 0;
    }

    private static boolean namedAsLines(Source source) {
        String name = String.valueOf(source.file().getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".jsonl") || name.endsWith(".ndjson");
    }

    private static AttuneException neither(Source source, String head) {
        String looks;
        String fix = "Convert it to JSON lines: one object on each line.";
        if (head.startsWith("PAR1")) {
            looks = "a Parquet file";
        } else if (head.startsWith("\u001f\u008b")) {
            looks = "compressed with gzip";
            fix = "Unpack it first.";
        } else if (head.startsWith("PK\u0003\u0004")) {
            looks = "a ZIP archive or an Excel file";
            fix = "Unpack it, or save the sheet as JSON lines.";
        } else {
            byte[] start =
                    head.lines().findFirst().orElse("").getBytes(StandardCharsets.ISO_8859_1);
            looks = "a text that begins " + Quoted.of(new String(start, StandardCharsets.UTF_8));
        }
        return AttuneException.user(
                        "The file is %s; expected a JSON array or JSON lines.".formatted(looks))
                .at(source.file())
                .fix(fix);
    }
}
