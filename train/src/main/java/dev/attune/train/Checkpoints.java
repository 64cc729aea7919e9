package dev.attune.train;

import dev.attune.format.PendingFolder;
import dev.attune.tensor.Optimizer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The checkpoints of a run: each is there complete, or not at all.
///
/// ```
/// checkpoint-50/
/// ├── adapter_model.safetensors, adapter_config.json    or model.safetensors, config.json
/// ├── optimizer.safetensors      moments, and how often each weight moved
/// ├── trainer_state.json         step, evaluations so far, best loss
/// └── rng_state.json             the seed that order, dropout and noise are functions of
/// ```
///
/// @param folder of the run
/// @param weights what is kept
/// @param optimizer whose moments are kept
/// @param seed of the run
record Checkpoints(RunFolder folder, TrainedWeights weights, Optimizer optimizer, long seed) {
    private static final String STATE = "trainer_state.json";
    private static final String MOMENTS = "optimizer.safetensors";

    /// Writes a checkpoint under a temporary name, forces it to the disk and gives it its name.
    ///
    /// @return its folder
    /// @throws dev.attune.base.AttuneException of kind RESOURCES if the disk is full, ENVIRONMENT
    ///   if it cannot be written to; nothing of it is left then
    Path save(TrainerState state) {
        Path target = folder.checkpoint(state.step());
        try (PendingFolder pending = PendingFolder.create(target, true, bytes())) {
            weights.write(pending.path());
            OptimizerFile.write(pending.path().resolve(MOMENTS), optimizer);
            pending.write("rng_state.json", rng(state.step()));
            pending.write(STATE, TrainerStateJson.write(state));
            pending.publish();
        }
        return target;
    }

    /// Takes weights and moments back from a checkpoint.
    TrainerState restore(long step) {
        Path from = folder.checkpoint(step);
        TrainerState state = TrainerStateJson.read(from.resolve(STATE));
        weights.restore(from);
        OptimizerFile.restore(
                from.resolve(MOMENTS), optimizer, weights.parameters().getFirst().data().device());
        return state;
    }

    /// Takes the weights alone back.
    void restoreWeights(long step) {
        weights.restore(folder.checkpoint(step));
    }

    /// Removes the oldest checkpoints beyond a limit. The best, where it is to be the result, and
    /// the last stay whatever the limit.
    ///
    /// @param best the step of the best checkpoint, if it must stay
    /// @return the steps of those removed
    List<Long> rotate(Optional<Integer> limit, Optional<Long> best) {
        List<Long> removed = new ArrayList<>();
        if (limit.isEmpty()) {
            return removed;
        }
        List<Long> all = folder.checkpoints();
        int tooMany = all.size() - Math.max(limit.get(), best.isPresent() ? 2 : 1);
        for (Long step : all.subList(0, Math.max(0, all.size() - 1))) {
            if (tooMany <= 0) {
                break;
            }
            if (!best.equals(Optional.of(step))) {
                PendingFolder.remove(folder.checkpoint(step));
                removed.add(step);
                tooMany--;
            }
        }
        return removed;
    }

    private byte[] rng(long step) {
        return """
        {
          "seed" : %d,
          "next_step" : %d,
          "scheme" : "attune-v1: each seed is a function of this one and of the step"
        }
        """
                .formatted(seed, step + 1)
                .getBytes(StandardCharsets.UTF_8);
    }

    /// About what a checkpoint takes: weights, two moments and a copy at most.
    private long bytes() {
        long elements = weights.parameters().stream().mapToLong(p -> p.data().elements()).sum();
        return 16 * elements;
    }
}
