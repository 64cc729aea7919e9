package dev.attune.train;

import dev.attune.train.EventFields.Fault;
import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Drawn;
import dev.attune.train.TrainEvent.Ended;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Mixed;
import dev.attune.train.TrainEvent.Reason;
import dev.attune.train.TrainEvent.Removed;
import dev.attune.train.TrainEvent.Saved;
import dev.attune.train.TrainEvent.Started;
import dev.attune.train.TrainEvent.Stepped;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Events as lines of JSON and back; docs/formats/events.md describes them.
///
/// @param home the folder of the run; paths within it are written relative to it, so that a run
///   folder can be moved
record EventJson(Path home) {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /// One line in UTF-8 with the line feed that ends it.
    byte[] line(EventEntry entry) {
        ObjectNode json = MAPPER.createObjectNode();
        write(json, entry.event());
        json.put("time", entry.time().toString());
        byte[] text = MAPPER.writeValueAsBytes(json);
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        return line;
    }

    /// The event of a line, without its line feed.
    EventEntry entry(byte[] line) throws Fault {
        JsonNode node;
        try {
            node = MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw fault("no JSON", e);
        }
        if (!(node instanceof ObjectNode object)) {
            throw new Fault("expected a JSON object");
        }
        var fields = new EventFields(object);
        try {
            TrainEvent event = event(fields);
            return new EventEntry(Instant.parse(fields.text("time")), event);
        } catch (DateTimeException e) {
            throw fault("time is no time, such as 2026-01-31T09:30:00Z", e);
        } catch (InvalidPathException e) {
            throw fault("it names a folder that cannot be", e);
        }
    }

    private static Fault fault(String what, Exception cause) {
        var fault = new Fault(what);
        fault.initCause(cause);
        return fault;
    }

    private void write(ObjectNode json, TrainEvent event) {
        switch (event) {
            case Started started -> write(json, started);
            case Mixed mixed -> write(json, mixed);
            case Stepped stepped -> write(json, stepped);
            case Evaluated evaluated -> write(json, evaluated);
            case Saved(long step, Path folder) ->
                    json.put("event", "saved").put("step", step).put("folder", text(folder));
            case Removed(long step, Path folder) ->
                    json.put("event", "removed").put("step", step).put("folder", text(folder));
            case Diverged diverged -> write(json, diverged);
            case Ended ended -> write(json, ended);
        }
    }

    private static void write(ObjectNode json, Started started) {
        json.put("event", "started")
                .put("step", started.step())
                .put("steps", started.steps())
                .put("train_rows", started.trainRows())
                .put("eval_rows", started.evalRows())
                .put("trainable_parameters", started.trainableParameters())
                .put("parameters", started.parameters());
    }

    private static void write(ObjectNode json, Mixed mixed) {
        json.put("event", "mixed").put("step", mixed.step());
        ArrayNode sources = json.putArray("sources");
        for (Drawn drawn : mixed.sources()) {
            sources.addObject()
                    .put("source", drawn.source())
                    .put("weight", drawn.weight())
                    .put("rows", drawn.rows())
                    .put("seen", drawn.seen());
        }
    }

    private static void write(ObjectNode json, Stepped stepped) {
        json.put("event", "step")
                .put("step", stepped.step())
                .put("epoch", stepped.epoch())
                .put("loss", stepped.loss())
                .put("grad_norm", stepped.gradNorm())
                .put("learning_rate", stepped.learningRate())
                .put("tokens", stepped.tokens())
                .put("trained_tokens", stepped.trainedTokens())
                .put("seconds", stepped.seconds());
    }

    private static void write(ObjectNode json, Evaluated evaluated) {
        json.put("event", "evaluated")
                .put("step", evaluated.step())
                .put("loss", evaluated.loss())
                .put("token_accuracy", evaluated.tokenAccuracy())
                .put("trained_tokens", evaluated.trainedTokens())
                .put("is_best", evaluated.isBest())
                .put("seconds", evaluated.seconds());
    }

    private static void write(ObjectNode json, Diverged diverged) {
        json.put("event", "diverged")
                .put("step", diverged.step())
                .put("loss", diverged.loss())
                .put("grad_norm", diverged.gradNorm());
        ArrayNode rows = json.putArray("rows");
        diverged.rows().forEach(rows::add);
    }

    private void write(ObjectNode json, Ended ended) {
        json.put("event", "ended")
                .put("step", ended.step())
                .put("reason", ended.reason().name().toLowerCase(Locale.ROOT));
        ended.bestLoss().ifPresent(loss -> json.put("best_loss", loss));
        json.put("result", text(ended.result()));
    }

    private TrainEvent event(EventFields fields) throws Fault {
        long step = fields.count("step");
        String kind = fields.text("event");
        return switch (kind) {
            case "started" -> started(step, fields);
            case "mixed" -> mixed(step, fields);
            case "step" -> stepped(step, fields);
            case "evaluated" -> evaluated(step, fields);
            case "saved" -> new Saved(step, path(fields.text("folder")));
            case "removed" -> new Removed(step, path(fields.text("folder")));
            case "diverged" ->
                    new Diverged(
                            step,
                            fields.number("loss"),
                            fields.number("grad_norm"),
                            fields.texts("rows"));
            case "ended" ->
                    new Ended(
                            step,
                            reason(fields.text("reason")),
                            fields.optional("best_loss"),
                            path(fields.text("result")));
            default ->
                    throw new Fault(
                            "event is \""
                                    + kind
                                    + "\", expected started, mixed, step, evaluated, saved,"
                                    + " removed, diverged or ended");
        };
    }

    private static Started started(long step, EventFields fields) throws Fault {
        return new Started(
                step,
                fields.count("steps"),
                fields.count("train_rows"),
                fields.count("eval_rows"),
                fields.count("trainable_parameters"),
                fields.count("parameters"));
    }

    private static Mixed mixed(long step, EventFields fields) throws Fault {
        List<Drawn> sources = new ArrayList<>();
        for (EventFields source : fields.objects("sources")) {
            sources.add(
                    new Drawn(
                            source.text("source"),
                            source.number("weight"),
                            source.count("rows"),
                            source.count("seen")));
        }
        return new Mixed(step, sources);
    }

    private static Stepped stepped(long step, EventFields fields) throws Fault {
        return new Stepped(
                step,
                fields.number("epoch"),
                fields.number("loss"),
                fields.number("grad_norm"),
                fields.number("learning_rate"),
                fields.count("tokens"),
                fields.count("trained_tokens"),
                fields.number("seconds"));
    }

    private static Evaluated evaluated(long step, EventFields fields) throws Fault {
        return new Evaluated(
                step,
                fields.number("loss"),
                fields.number("token_accuracy"),
                fields.count("trained_tokens"),
                fields.flag("is_best"),
                fields.number("seconds"));
    }

    private static Reason reason(String text) throws Fault {
        for (Reason reason : Reason.values()) {
            if (reason.name().toLowerCase(Locale.ROOT).equals(text)) {
                return reason;
            }
        }
        throw new Fault(
                "reason is \""
                        + text
                        + "\", expected finished, early_stopping, diverged or stopped");
    }

    private String text(Path folder) {
        Path shown = folder.startsWith(home) ? home.relativize(folder) : folder;
        return shown.toString().replace('\\', '/');
    }

    private Path path(String text) {
        return home.resolve(text);
    }
}
