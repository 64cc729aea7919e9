package dev.attune.train;

/// Hears what happens while a run trains, on the thread that trains.
@FunctionalInterface
public interface TrainListener {
    /// Something has happened.
    void hear(TrainEvent event);

    /// So many of the held-out rows are judged; 0 when it begins. Called between events, and kept
    /// nowhere.
    default void judging(long rows, long of) {}

    /// Makes what was heard safe, before a checkpoint is published that rests on it.
    default void force() {}
}
