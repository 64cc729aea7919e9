package dev.attune.data;

import dev.attune.base.AttuneException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// How the rows of a file are written, told by its first bytes and not by its name.
enum RowFormat {
    /// An object on each line.
    JSON_LINES,
    /// One array of objects.
    JSON_ARRAY,
    /// A header and records with a delimiter.
    DELIMITED,
    /// Apache Parquet.
    PARQUET,
    /// Apache Arrow with a frame: Feather version 2.
    ARROW_FILE,
    /// Apache Arrow without one.
    ARROW_STREAM;

    private static final int HEAD_BYTES = 1 << 16;

    /// Opens a file as what it is.
    static RowReader open(Source packed) {
        Source source = Packed.opened(packed);
        String head = head(source);
        return switch (of(source, head)) {
            case JSON_LINES -> new JsonlReader(source);
            case JSON_ARRAY -> new JsonArrayReader(source);
            case DELIMITED -> new DelimitedReader(source, delimiter(source, head));
            case PARQUET -> ParquetReader.open(source);
            case ARROW_FILE -> ArrowReader.open(source, true);
            case ARROW_STREAM -> ArrowReader.open(source, false);
        };
    }

    /// What a file is, unpacked.
    static RowFormat of(Source packed) {
        Source source = Packed.opened(packed);
        return of(source, head(source));
    }

    /// Looks at the start of a file.
    ///
    /// @throws AttuneException of kind USER, saying what was found, if it is neither
    private static RowFormat of(Source source, String head) {
        return switch (head.charAt(0)) {
            case '[' -> JSON_ARRAY;
            case '{' -> {
                if (opensOverLines(head)) {
                    throw ObjectFile.explained(source);
                }
                yield JSON_LINES;
            }
            default -> {
                if (head.startsWith("PAR1")) {
                    yield PARQUET;
                }
                if (head.startsWith(ArrowReader.MAGIC)) {
                    yield ARROW_FILE;
                }
                if (head.startsWith(ArrowReader.CONTINUATION)) {
                    yield ARROW_STREAM;
                }
                if (isBinary(head)) {
                    throw neither(source, head);
                }
                if (isNamed(source, ".jsonl", ".ndjson")) {
                    yield JSON_LINES;
                }
                if (isTable(source, head)) {
                    yield DELIMITED;
                }
                throw neither(source, head);
            }
        };
    }

    private static boolean isTable(Source source, String head) {
        return isNamed(source, ".csv", ".tsv") || Delimiter.ofLook(head).isPresent();
    }

    private static char delimiter(Source source, String head) {
        String name = String.valueOf(source.file().getFileName());
        return isNamed(source, ".csv", ".tsv")
                ? Delimiter.ofTable(name, head)
                : Delimiter.ofLook(head).orElse(',');
    }

    private static boolean isBinary(String head) {
        return head.startsWith("FEA1") || head.startsWith("PK\u0003\u0004");
    }

    private static String head(Source source) {
        try (InputStream in = source.open()) {
            return head(source, in);
        } catch (IOException e) {
            throw source.failed(e);
        }
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

    private static boolean isNamed(Source source, String... endings) {
        String name =
                String.valueOf(source.file().getFileName())
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("\\.(gz|zst)$", "");
        return Arrays.stream(endings).anyMatch(name::endsWith);
    }

    private static AttuneException neither(Source source, String head) {
        String looks;
        String fix = "Convert it to JSON lines: one object on each line.";
        if (head.startsWith("FEA1")) {
            looks = "a Feather file of version 1";
            fix = "Save it again with version 2: pyarrow's write_feather does.";
        } else if (head.startsWith("PK\u0003\u0004")) {
            looks = "a ZIP archive or an Excel file";
            fix = "Unpack it, or save the sheet as JSON lines.";
        } else {
            byte[] start =
                    head.lines().findFirst().orElse("").getBytes(StandardCharsets.ISO_8859_1);
            looks = "a text that begins " + Quoted.of(new String(start, StandardCharsets.UTF_8));
        }
        return AttuneException.user(
                        "The file is %s; expected JSON, CSV, TSV, Parquet or Arrow."
                                .formatted(looks))
                .at(source.file())
                .fix(fix);
    }
}
