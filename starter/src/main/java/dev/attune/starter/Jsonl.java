package dev.attune.starter;

import dev.attune.text.Message;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Writes rows of data: conversations as `{"messages": [...]}`, plain text as `{"text": "..."}`.
final class Jsonl {
    private Jsonl() {}

    static void write(Path file, Stream<List<Message>> rows) {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (List<Message> row : (Iterable<List<Message>>) rows::iterator) {
                out.write(line(row));
                out.write('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One row, in one line.
    static String line(List<Message> row) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        if (row.getFirst().role().equals("text")) {
            return json.put("text", Written.content(row.getFirst())).toString();
        }
        var messages = json.putArray("messages");
        row.forEach(message -> messages.add(message.fields()));
        return json.toString();
    }
}
