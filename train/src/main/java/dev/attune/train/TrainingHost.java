package dev.attune.train;

import dev.attune.data.Progress;
import dev.attune.data.RowPlaces;

import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// What a run needs from whoever starts it.
///
/// @param base the folder that the recipe's model stands for
/// @param places finds the files of the recipe's data
/// @param listener hears what happens, beside the run's own files
/// @param notes takes sentences for a person, before the first step
/// @param tokenising hears how many rows are tokenised
/// @param clock tells the time of events
/// @param now the time that chat templates tell when they ask for it
/// @param stop whether the run is to end after the step it is in
/// @param version of the program, for the manifest
public record TrainingHost(
        Path base,
        RowPlaces places,
        TrainListener listener,
        Consumer<String> notes,
        Progress tokenising,
        InstantSource clock,
        LocalDateTime now,
        BooleanSupplier stop,
        String version) {
    /// For data on this machine.
    public TrainingHost(
            Path base,
            TrainListener listener,
            Consumer<String> notes,
            Progress tokenising,
            InstantSource clock,
            LocalDateTime now,
            BooleanSupplier stop,
            String version) {
        this(base, RowPlaces.local(), listener, notes, tokenising, clock, now, stop, version);
    }

    /// The same with another finder of data.
    public TrainingHost with(RowPlaces other) {
        return new TrainingHost(
                base, other, listener, notes, tokenising, clock, now, stop, version);
    }

    /// The same for another time of day, that of the run's beginning.
    TrainingHost at(LocalDateTime time) {
        return new TrainingHost(
                base, places, listener, notes, tokenising, clock, time, stop, version);
    }
}
