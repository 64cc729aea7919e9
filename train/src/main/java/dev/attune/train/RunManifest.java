package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.format.IoFault;
import dev.attune.format.PendingFile;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `manifest.json`: what a run was made from, so that going on with anything else is noticed.
///
/// @param now the time that the run's chat template was told
/// @param made of what, by name: hashes, sizes, versions
/// @param plan how many rows and steps there are
record RunManifest(LocalDateTime now, Map<String, String> made, Map<String, Long> plan) {
    private static final JsonMapper MAPPER = new JsonMapper();

    /// Names of facts that may differ when a run goes on; they are told.
    private static final List<String> MAY_CHANGE = List.of("attune", "java", "libtorch", "threads");

    /// Copies the maps.
    RunManifest {
        made = new LinkedHashMap<>(made);
        plan = new LinkedHashMap<>(plan);
    }

    /// Writes it, whole or not at all.
    void write(Path file) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("format", 1);
        json.put("now", now.toString());
        ObjectNode facts = json.putObject("made_from");
        made.forEach(facts::put);
        ObjectNode numbers = json.putObject("plan");
        plan.forEach(numbers::put);
        byte[] bytes =
                MAPPER.writerWithDefaultPrettyPrinter()
                        .writeValueAsString(json)
                        .getBytes(StandardCharsets.UTF_8);
        try (PendingFile pending = PendingFile.create(file, bytes.length)) {
            pending.write(0, MemorySegment.ofArray(bytes));
            pending.seal();
            pending.publish();
        }
    }

    /// Reads it back; nothing if a run was stopped before it had one.
    ///
    /// @throws AttuneException of kind USER if it is damaged
    static Optional<RunManifest> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode json = MAPPER.readTree(Files.readAllBytes(file));
            Map<String, String> made = new LinkedHashMap<>();
            json.required("made_from")
                    .properties()
                    .forEach(e -> made.put(e.getKey(), e.getValue().asString()));
            Map<String, Long> plan = new LinkedHashMap<>();
            json.required("plan")
                    .properties()
                    .forEach(e -> plan.put(e.getKey(), e.getValue().longValue()));
            LocalDateTime now = LocalDateTime.parse(json.required("now").asString());
            return Optional.of(new RunManifest(now, made, plan));
        } catch (IOException e) {
            throw IoFault.reading(file, e);
        } catch (JacksonException | IllegalArgumentException | DateTimeParseException e) {
            throw AttuneException.user("The manifest of the run is damaged: " + e.getMessage())
                    .at(file)
                    .fix("Restore the file, or begin another run.")
                    .causedBy(e);
        }
    }

    /// Requires that a run goes on with what it began with.
    ///
    /// @return sentences on what differs without harm
    /// @throws AttuneException of kind USER with what has changed
    List<String> agree(RunManifest found) {
        List<String> notes = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        made.forEach((name, before) -> {
            String now = found.made.getOrDefault(name, "nothing");
            if (now.equals(before)) {
                return;
            }
            if (MAY_CHANGE.contains(name)) {
                notes.add(
                        "%s is %s, and was %s when the run began: numbers may differ in their last digits."
                                .formatted(name, now, before));
            } else {
                changed.add(name);
            }
        });
        plan.forEach((name, before) -> {
            if (!before.equals(found.plan.get(name))) {
                changed.add(
                        "%s (%d, now %d)"
                                .formatted(name, before, found.plan.getOrDefault(name, 0L)));
            }
        });
        if (!changed.isEmpty()) {
            throw AttuneException.user(
                            "The run cannot go on: changed since it began: "
                                    + String.join(", ", changed)
                                    + ".")
                    .fix("Put back what was there, or begin another run.");
        }
        return notes;
    }
}
