package dev.attune.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Cuts text into records and fields. Blank lines are no records; a record that is not well formed
/// is passed over to the end of its line. Not thread-safe.
final class DelimitedText implements AutoCloseable {
    private static final int NONE = -2;

    private final StrictUtf8Reader in;
    private final char delimiter;
    private final char[] buffer = new char[1 << 14];
    private int at;
    private int filled;
    private int pushed = NONE;
    private long lineAt = 1;
    private long line = 1;

    DelimitedText(StrictUtf8Reader in, char delimiter) {
        this.in = in;
        this.delimiter = delimiter;
    }

    /// The line on which the last record began.
    long line() {
        return line;
    }

    /// The fields of the next record; none at the end.
    List<String> next() throws IOException, BadRecord {
        in.allowRow();
        int c = read();
        while (c == '\n' || c == '\r') {
            c = read();
        }
        line = lineAt;
        if (c < 0) {
            return List.of();
        }
        List<String> fields = new ArrayList<>();
        while (true) {
            StringBuilder field = new StringBuilder();
            c = c == '"' ? quoted(field) : plain(c, field);
            fields.add(field.toString());
            if (fields.size() > DelimitedReader.MAX_COLUMNS) {
                skipLine(c);
                throw new BadRecord(
                        "it has more than %,d fields.".formatted(DelimitedReader.MAX_COLUMNS),
                        "Check which delimiter the file uses.",
                        false);
            }
            if (c != delimiter) {
                return fields;
            }
            c = read();
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // Everything wanted was read: there is nothing that the caller could do.
            pushed = NONE;
        }
    }

    /// Takes a field that stands as it is; what ended it.
    private int plain(int first, StringBuilder field) throws IOException {
        int c = first;
        while (c >= 0 && c != delimiter && c != '\n' && c != '\r') {
            field.append((char) c);
            c = read();
        }
        return lineEnd(c);
    }

    /// Takes a field behind its opening quotation mark; what ended it.
    private int quoted(StringBuilder field) throws IOException, BadRecord {
        long opened = lineAt;
        while (true) {
            int c = read();
            if (c < 0) {
                throw new BadRecord(
                        "a quotation mark of line %d is never closed.".formatted(opened),
                        "Close it, or write two for one that belongs to the text.",
                        true);
            }
            if (c != '"') {
                field.append((char) c);
                continue;
            }
            c = read();
            if (c != '"') {
                if (c >= 0 && c != delimiter && c != '\n' && c != '\r') {
                    skipLine(c);
                    throw new BadRecord(
                            "text follows the closing quotation mark of a field.",
                            "Write two quotation marks for one that belongs to the text.",
                            false);
                }
                return lineEnd(c);
            }
            field.append('"');
        }
    }

    /// Reads the LF of a CRLF along with it.
    private int lineEnd(int c) throws IOException {
        if (c == '\r') {
            int next = read();
            if (next != '\n') {
                pushed = next;
            }
            return '\n';
        }
        return c;
    }

    private void skipLine(int from) throws IOException {
        int c = from;
        while (c >= 0 && c != '\n') {
            in.allowRow(); // nothing is held
            c = read();
        }
    }

    private int read() throws IOException {
        if (pushed != NONE) {
            int c = pushed;
            pushed = NONE;
            return c;
        }
        if (at == filled) {
            at = 0;
            filled = in.read(buffer, 0, buffer.length);
            if (filled <= 0) {
                filled = 0;
                return -1;
            }
        }
        char c = buffer[at++];
        if (c == '\n') {
            lineAt++;
        }
        return c;
    }

    /// A record that is not well formed.
    static final class BadRecord extends Exception {
        private static final long serialVersionUID = 1;
        private final String what;
        private final String fix;
        private final boolean last;

        BadRecord(String what, String fix, boolean last) {
            super(what);
            this.what = what;
            this.fix = fix;
            this.last = last;
        }

        String what() {
            return what;
        }

        String fix() {
            return fix;
        }

        /// Whether nothing can follow it.
        boolean isLast() {
            return last;
        }
    }
}
