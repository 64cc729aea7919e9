package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.format.Checkpoint;
import dev.attune.format.SafetensorsFile;
import dev.attune.tensor.Device;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tensor;
import dev.attune.train.TrainEvent.Stepped;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// Does the last steps of a run again and holds them against what the run has left.
final class Replaying {
    private Replaying() {}

    static Replay of(TrainingSession session, long steps) {
        RunFolder folder = session.folder();
        List<Long> checkpoints = folder.checkpoints();
        if (checkpoints.isEmpty()) {
            throw AttuneException.user("The run has no checkpoint to be compared with.")
                    .at(folder.path())
                    .fix("attune resume " + folder.path() + " goes on until there is one.");
        }
        long to = checkpoints.getLast();
        long latest = steps > 0 ? to - steps : to - 1;
        long from =
                checkpoints.stream()
                        .filter(step -> step <= latest)
                        .reduce(0L, (before, next) -> next);
        TrainerState state = from == 0 ? TrainerState.NEW : session.checkpoints().restore(from);
        Map<Long, Stepped> before = new HashMap<>();
        EventReader.read(folder.events()).stream()
                .map(EventEntry::event)
                .filter(Stepped.class::isInstance)
                .map(Stepped.class::cast)
                .forEach(stepped -> before.put(stepped.step(), stepped));
        List<Long> otherLosses = losses(session, state, to, before);
        Path compared = folder.checkpoint(to);
        return new Replay(
                from, to, otherLosses, weights(session, compared), moments(session, compared));
    }

    private static List<Long> losses(
            TrainingSession session, TrainerState state, long to, Map<Long, Stepped> before) {
        List<Long> other = new ArrayList<>();
        TrainListener compare =
                event -> {
                    session.host().listener().hear(event);
                    if (event instanceof Stepped now) {
                        Stepped then = before.get(now.step());
                        boolean same =
                                then != null
                                        && then.loss() == now.loss()
                                        && then.gradNorm() == now.gradNorm();
                        if (!same) {
                            other.add(now.step());
                        }
                    }
                };
        TrainingLoop loop = new TrainingLoop(session, compare, state);
        for (long step = state.step() + 1; step <= to; step++) {
            loop.advance(step);
        }
        return other;
    }

    private static List<String> weights(TrainingSession session, Path folder) {
        List<String> other = new ArrayList<>();
        Path adapter = folder.resolve("adapter_model.safetensors");
        if (Files.exists(adapter)) {
            try (SafetensorsFile file = SafetensorsFile.open(adapter)) {
                compare(session, name -> file.bytes(name), other);
            }
        } else {
            try (Checkpoint checkpoint = Checkpoint.open(folder)) {
                compare(session, checkpoint::bytes, other);
            }
        }
        return other;
    }

    private static void compare(
            TrainingSession session, Function<String, MemorySegment> stored, List<String> other) {
        session.weights()
                .parameters()
                .forEach(parameter -> {
                    if (!same(parameter.data(), stored.apply(parameter.name()))) {
                        other.add(parameter.name());
                    }
                });
    }

    private static List<String> moments(TrainingSession session, Path folder) {
        List<String> other = new ArrayList<>();
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("optimizer.safetensors"))) {
            session.optimizer()
                    .state()
                    .tensors()
                    .forEach((name, tensor) -> {
                        boolean there = file.tensors().containsKey(name);
                        if (!there || !same(tensor, file.bytes(Objects.requireNonNull(name)))) {
                            other.add(name);
                        }
                    });
        }
        return other;
    }

    private static boolean same(Tensor tensor, MemorySegment bytes) {
        try (var _ = Scope.open("comparison")) {
            return tensor.to(Device.CPU).contiguous().memory().mismatch(bytes) < 0;
        }
    }
}
