package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.format.IoFault;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Reason;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// `trainer_state.json`, with transformers' keys where it has them.
final class TrainerStateJson {
    private static final JsonMapper MAPPER = new JsonMapper();

    private TrainerStateJson() {}

    /// The text of a state.
    static byte[] write(TrainerState state) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("format", 1);
        json.put("global_step", state.step());
        state.bestLoss().ifPresent(loss -> json.put("best_metric", loss));
        if (state.bestLoss().isPresent()) {
            json.put("best_global_step", state.bestStep());
        }
        json.put("evaluations_without_better", state.worse());
        json.put("first_steps", state.watch().steps());
        json.put("first_loss", state.watch().start());
        json.put("high_steps", state.watch().high());
        ArrayNode log = json.putArray("log_history");
        for (Evaluated evaluated : state.evaluations()) {
            ObjectNode line = log.addObject();
            line.put("step", evaluated.step());
            line.put("eval_loss", evaluated.loss());
            line.put("eval_token_accuracy", evaluated.tokenAccuracy());
            line.put("eval_trained_tokens", evaluated.trainedTokens());
            line.put("is_best", evaluated.isBest());
        }
        state.ended()
                .ifPresent(reason -> json.put("ended", reason.name().toLowerCase(Locale.ROOT)));
        return MAPPER.writerWithDefaultPrettyPrinter()
                .writeValueAsString(json)
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Reads it back.
    ///
    /// @throws AttuneException of kind USER if it is damaged
    static TrainerState read(Path file) {
        try {
            return state(MAPPER.readTree(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw IoFault.reading(file, e);
        } catch (JacksonException | IllegalArgumentException e) {
            throw AttuneException.user("The state of the run is damaged: " + e.getMessage())
                    .at(file)
                    .fix("Delete this checkpoint; the run goes on from the one before.")
                    .causedBy(e);
        }
    }

    private static TrainerState state(JsonNode json) {
        if (json.path("format").asInt(0) != 1) {
            throw new IllegalArgumentException(
                    "its format is " + json.path("format") + ", expected 1");
        }
        List<Evaluated> evaluations = new ArrayList<>();
        for (JsonNode line : json.required("log_history")) {
            evaluations.add(
                    new Evaluated(
                            line.required("step").longValue(),
                            line.required("eval_loss").doubleValue(),
                            line.required("eval_token_accuracy").doubleValue(),
                            line.required("eval_trained_tokens").longValue(),
                            line.required("is_best").booleanValue(),
                            0));
        }
        JsonNode best = json.get("best_metric");
        JsonNode ended = json.get("ended");
        return new TrainerState(
                json.required("global_step").longValue(),
                best == null ? OptionalDouble.empty() : OptionalDouble.of(best.doubleValue()),
                best == null ? 0 : json.required("best_global_step").longValue(),
                json.required("evaluations_without_better").intValue(),
                new LossWatch(
                        json.required("first_steps").intValue(),
                        json.required("first_loss").doubleValue(),
                        json.required("high_steps").intValue()),
                evaluations,
                ended == null
                        ? Optional.empty()
                        : Optional.of(
                                Reason.valueOf(ended.stringValue().toUpperCase(Locale.ROOT))));
    }
}
