package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.train.EventFields.Fault;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads an `events.jsonl`, also while a run still writes it.
///
/// A last line without its line feed is torn: it is passed over, as though the event had not
/// happened. Anything else that is no event is refused with its line.
public final class EventReader {
    /// Far above the longest event; a file of one endless line must not fill the memory.
    private static final int MAX_LINE_BYTES = 16 << 20;

    private EventReader() {}

    /// What is told of each whole line.
    @FunctionalInterface
    interface Visitor {
        /// A whole line, in order.
        ///
        /// @param line its bytes, without the line feed
        /// @param entry what it says
        void visit(byte[] line, EventEntry entry);
    }

    /// All events, in the order in which they happened.
    ///
    /// @throws AttuneException of kind USER with `file:line` where a line is no event
    public static List<EventEntry> read(Path file) {
        var entries = new ArrayList<EventEntry>();
        visit(file, (_, entry) -> entries.add(entry));
        return entries;
    }

    /// Every whole line in turn.
    static void visit(Path file, Visitor visitor) {
        var json = new EventJson(EventLog.home(file));
        long number = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            var line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next != '\n') {
                    if (line.size() == MAX_LINE_BYTES) {
                        throw EventFault.damaged(file, number + 1, "longer than 16 MiB");
                    }
                    line.write(next);
                    continue;
                }
                number++;
                byte[] bytes = line.toByteArray();
                visitor.visit(bytes, json.entry(bytes));
                line.reset();
            }
        } catch (IOException e) {
            throw EventFault.reading(file, e);
        } catch (Fault e) {
            throw EventFault.damaged(file, number, e.what()).causedBy(e);
        }
    }
}
