package dev.attune.train;

/// Hears what happens while a run trains, on the thread that trains.
@FunctionalInterface
public interface TrainListener {
    /// Something has happened.
    void hear(TrainEvent event);

    /// Makes what was heard safe, before a checkpoint is published that rests on it.
    default void force() {}
}
