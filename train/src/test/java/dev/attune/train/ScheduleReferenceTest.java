package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;
import dev.attune.train.LearningRateSchedule.Span;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.HashMap;
import java.util.Map;

/// Schedules against tables of transformers 4.51 and 5.18.
class ScheduleReferenceTest {
    private static final Map<String, String> BY_FUNCTION =
            Map.of(
                    "get_constant_schedule", "constant",
                    "get_constant_schedule_with_warmup", "constant_with_warmup",
                    "get_linear_schedule_with_warmup", "linear",
                    "get_cosine_schedule_with_warmup", "cosine",
                    "get_cosine_with_hard_restarts_schedule_with_warmup", "cosine_with_restarts",
                    "get_cosine_with_min_lr_schedule_with_warmup", "cosine_with_min_lr",
                    "get_polynomial_decay_schedule_with_warmup", "polynomial",
                    "get_inverse_sqrt_schedule", "inverse_sqrt",
                    "get_wsd_schedule", "warmup_stable_decay");

    /// Both sides compute in float64; a cosine near its zero leaves the rounding of 1.
    private static final Offset<Double> ROUNDING = Offset.offset(1e-18);

    @Test
    void seventeenSchedulesEqualTheTablesOfTransformers() {
        JsonNode table = read("reference/schedules/schedules.json");
        assertThat(table.get("schedules").size()).isEqualTo(17);
        for (JsonNode each : table.get("schedules")) {
            String function = each.get("function").asString();
            String type = BY_FUNCTION.get(function.substring(function.lastIndexOf('.') + 1));
            Map<String, Object> arguments = arguments(each.get("args"));
            int steps = each.get("lr").size();
            Span span =
                    new Span(
                            each.get("base_lr").asDouble(),
                            taken(arguments, "num_warmup_steps", 0),
                            taken(arguments, "num_training_steps", steps));
            var schedule = LearningRateSchedule.of(String.valueOf(type), span, arguments);
            assertEqual(each.get("name").asString(), schedule, each.get("lr"), ROUNDING);
        }
    }

    @Test
    void schedulesOfTheTrainingReferenceEqualItsTables() {
        JsonNode tables = read("models/reference-training/lr-schedules.json").get("schedules");
        Span span = new Span(1, 10, 100);
        var cases =
                Map.of(
                        "linear_warmup10_total100",
                        LearningRateSchedule.of("linear", span, Map.of()),
                        "cosine_warmup10_total100",
                        LearningRateSchedule.of("cosine", span, Map.of()),
                        "constant_warmup10",
                        LearningRateSchedule.of("constant_with_warmup", span, Map.of()),
                        "cosine_restarts3_warmup10_total100",
                        LearningRateSchedule.of(
                                "cosine_with_restarts", span, Map.of("num_cycles", 3)),
                        "polynomial_power2_end1e-7_warmup10_total100",
                        LearningRateSchedule.of("polynomial", span, Map.of("power", 2)),
                        "inverse_sqrt_warmup10",
                        LearningRateSchedule.of("inverse_sqrt", span, Map.of()),
                        "cosine_warmup0_total37",
                        LearningRateSchedule.of("cosine", new Span(1, 0, 37), Map.of()));
        assertThat(cases.keySet()).containsExactlyInAnyOrderElementsOf(tables.propertyNames());
        // The peak is 1 here, so a thousand times the rounding above.
        cases.forEach((name, schedule) ->
                assertEqual(name, schedule, tables.get(name), Offset.offset(1e-15)));
    }

    private static void assertEqual(
            String name, LearningRateSchedule schedule, JsonNode rates, Offset<Double> offset) {
        for (int step = 0; step < rates.size(); step++) {
            assertThat(schedule.rate(step))
                    .as("%s, step %d", name, step)
                    .isCloseTo(rates.get(step).asDouble(), offset);
        }
    }

    private static Map<String, Object> arguments(JsonNode node) {
        Map<String, Object> arguments = new HashMap<>();
        node.properties()
                .forEach(entry ->
                        arguments.put(
                                entry.getKey(),
                                entry.getValue().isNumber()
                                        ? entry.getValue().numberValue()
                                        : entry.getValue().asString()));
        return arguments;
    }

    private static int taken(Map<String, Object> arguments, String name, int otherwise) {
        return arguments.remove(name) instanceof Number number ? number.intValue() : otherwise;
    }

    private static JsonNode read(String path) {
        return JsonMapper.shared().readTree(SharedData.path(path));
    }
}
