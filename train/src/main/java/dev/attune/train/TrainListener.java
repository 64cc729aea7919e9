package dev.attune.train;

/// Hears what happens while a run trains, on the thread that trains.
@FunctionalInterface
public interface TrainListener {
    /// Something has happened.
    void hear(TrainEvent event);
}
