package dev.attune.train;

import dev.attune.data.ColumnMapping;
import dev.attune.data.RowSource;
import dev.attune.data.TooLong;
import dev.attune.model.LoraConfig;
import dev.attune.tensor.Dtype;
import dev.attune.text.TrainOn;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The values of all keys, each of its key's type, on their way to a [Recipe].
///
/// @param byKey by the names of [RecipeKeys]
record RecipeValues(Map<String, Object> byKey) {

    Recipe recipe() {
        return new Recipe(
                new Recipe.Base(
                        text("model_name_or_path"),
                        optional("chat_template", Path.class),
                        Dtype.valueOf(text("dtype").toUpperCase(Locale.ROOT))),
                data(),
                new Recipe.Objective(
                        choice("method", Recipe.Method.class),
                        choice("tuning", Recipe.Tuning.class)),
                lora(),
                optimizer(),
                schedule(),
                batches(),
                intervals(),
                stopping(),
                one("seed", Long.class),
                one("output_dir", Path.class));
    }

    Recipe.Data data() {
        return new Recipe.Data(
                list("data", RowSource.class),
                list("eval_data", RowSource.class),
                new ColumnMapping(table("columns", String.class)),
                number("eval_split"),
                whole("max_length"),
                flag("packing"),
                choice("too_long", TooLong.class),
                new TrainOn(
                        Set.copyOf(list("train_on_roles", String.class)),
                        flag("last_turn_only"),
                        flag("train_on_prompt"),
                        0));
    }

    Recipe.Where where() {
        return new Recipe.Where(
                one("target_modules", RecipeModules.class),
                one("exclude_modules", RecipeModules.class),
                list("layers_to_transform", Long.class).stream().map(Math::toIntExact).toList());
    }

    Recipe.Schedule schedule() {
        return new Recipe.Schedule(
                number("learning_rate"),
                text("lr_scheduler_type"),
                table("lr_scheduler_kwargs", Object.class),
                whole("warmup_steps"),
                number("warmup_ratio"));
    }

    Recipe.Stopping stopping() {
        return new Recipe.Stopping(
                count("early_stopping_patience"),
                number("early_stopping_threshold"),
                flag("load_best_model_at_end"));
    }

    private Recipe.Lora lora() {
        var ranks = new LinkedHashMap<String, Integer>();
        table("rank_pattern", Long.class).forEach((k, v) -> ranks.put(k, Math.toIntExact(v)));
        return new Recipe.Lora(
                new Recipe.Size(
                        whole("r"),
                        number("lora_alpha"),
                        ranks,
                        table("alpha_pattern", Double.class)),
                number("lora_dropout"),
                where(),
                text("bias"),
                list("modules_to_save", String.class),
                new LoraConfig.Scaling(flag("use_rslora"), flag("use_dora")));
    }

    private Recipe.Optimizer optimizer() {
        return new Recipe.Optimizer(
                text("optim"),
                number("weight_decay"),
                number("adam_beta1"),
                number("adam_beta2"),
                number("adam_epsilon"),
                number("momentum"),
                number("max_grad_norm"));
    }

    private Recipe.Batches batches() {
        return new Recipe.Batches(
                number("num_train_epochs"),
                count("max_steps"),
                whole("per_device_train_batch_size"),
                count("gradient_accumulation_steps"),
                number("neftune_noise_alpha"),
                flag("gradient_checkpointing"));
    }

    private Recipe.Intervals intervals() {
        return new Recipe.Intervals(
                whole("logging_steps"),
                count("eval_steps"),
                count("eval_rows"),
                count("save_steps"),
                count("save_total_limit"));
    }

    private <T> T one(String key, Class<T> type) {
        return type.cast(Objects.requireNonNull(byKey.get(key), key));
    }

    private String text(String key) {
        return one(key, String.class);
    }

    private boolean flag(String key) {
        return one(key, Boolean.class);
    }

    private double number(String key) {
        return one(key, Double.class);
    }

    private int whole(String key) {
        return Math.toIntExact(one(key, Long.class));
    }

    private <E extends Enum<E>> E choice(String key, Class<E> type) {
        return Enum.valueOf(type, text(key).toUpperCase(Locale.ROOT));
    }

    private <T> Optional<T> optional(String key, Class<T> type) {
        return ((Optional<?>) one(key, Optional.class)).map(type::cast);
    }

    private Optional<Integer> count(String key) {
        return optional(key, Long.class).map(Math::toIntExact);
    }

    private <T> List<T> list(String key, Class<T> type) {
        return ((List<?>) one(key, List.class)).stream().<T>map(type::cast).toList();
    }

    private <T> Map<String, T> table(String key, Class<T> type) {
        var table = new LinkedHashMap<String, T>();
        ((Map<?, ?>) one(key, Map.class))
                .forEach((name, value) -> table.put((String) name, type.cast(value)));
        return table;
    }
}
