package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Ended;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Mixed;
import dev.attune.train.TrainEvent.Removed;
import dev.attune.train.TrainEvent.Saved;
import dev.attune.train.TrainEvent.Started;
import dev.attune.train.TrainEvent.Stepped;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes the curves of a run for TensorBoard: `tensorboard --logdir FOLDER`.
///
/// | tag | of |
/// |---|---|
/// | `train/loss`, `train/grad_norm`, `train/learning_rate`, `train/tokens_per_second` | a step |
/// | `eval/loss`, `eval/token_accuracy` | held-out rows |
///
/// Every opening begins a file of its own, and a run that goes on from step n tells TensorBoard to
/// forget what earlier files of the folder hold from step n + 1 on. Whoever opens it closes it.
/// Used by the thread that trains.
public final class TensorBoardLog implements TrainListener, AutoCloseable {
    private static final int MAX_NAMES = 1000;

    private final Path file;
    private final FileChannel channel;
    private final InstantSource clock;

    private TensorBoardLog(Path file, FileChannel channel, InstantSource clock) {
        this.file = file;
        this.channel = channel;
        this.clock = clock;
    }

    /// A new file `events.out.tfevents.SECONDS.NAME` in `folder`, which is made if need be.
    ///
    /// @param name what the file's name ends in, such as the run's; the machine's own name, which
    ///   others write there, is nobody's business
    public static TensorBoardLog open(Path folder, String name, InstantSource clock) {
        if (!name.matches("[A-Za-z0-9._-]+")) {
            throw new IllegalArgumentException("No name for a file: " + name);
        }
        long seconds = clock.instant().getEpochSecond();
        try {
            Files.createDirectories(folder);
            // Names are in order of time, which is the order in which TensorBoard reads them.
            for (int later = 0; later < MAX_NAMES; later++) {
                Path file = folder.resolve(fileName(seconds + later, name));
                if (!Files.exists(file)) {
                    return begin(file, clock);
                }
            }
            throw new FileAlreadyExistsException(
                    folder.resolve(fileName(seconds, name)).toString());
        } catch (IOException e) {
            throw EventFault.writing(folder, e);
        }
    }

    /// Writes the numbers of steps and evaluations; of the rest only that a run goes on.
    ///
    /// @throws AttuneException of kind RESOURCES or ENVIRONMENT if it cannot be written
    @Override
    public void hear(TrainEvent event) {
        switch (event) {
            case Started started -> {
                if (started.step() > 0) {
                    write(TensorBoardRecord.restart(wallSeconds(), started.step() + 1));
                }
            }
            case Stepped stepped -> scalars(stepped.step(), values(stepped));
            case Evaluated evaluated -> scalars(evaluated.step(), values(evaluated));
            case Diverged diverged -> scalars(diverged.step(), values(diverged));
            case Mixed _, Saved _, Removed _, Ended _ -> {}
        }
    }

    /// Lets go of the file. Closing again does nothing.
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw EventFault.writing(file, e);
        }
    }

    private static TensorBoardLog begin(Path file, InstantSource clock) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var log = new TensorBoardLog(file, channel, clock);
        log.write(TensorBoardRecord.fileVersion(log.wallSeconds()));
        return log;
    }

    private static String fileName(long seconds, String name) {
        return "events.out.tfevents." + seconds + "." + name;
    }

    private static Map<String, Double> values(Stepped stepped) {
        var values = new LinkedHashMap<String, Double>();
        values.put("train/loss", stepped.loss());
        values.put("train/grad_norm", stepped.gradNorm());
        values.put("train/learning_rate", stepped.learningRate());
        if (stepped.seconds() > 0) {
            values.put("train/tokens_per_second", stepped.tokens() / stepped.seconds());
        }
        return values;
    }

    private static Map<String, Double> values(Evaluated evaluated) {
        var values = new LinkedHashMap<String, Double>();
        values.put("eval/loss", evaluated.loss());
        values.put("eval/token_accuracy", evaluated.tokenAccuracy());
        return values;
    }

    private static Map<String, Double> values(Diverged diverged) {
        var values = new LinkedHashMap<String, Double>();
        values.put("train/loss", diverged.loss());
        values.put("train/grad_norm", diverged.gradNorm());
        return values;
    }

    private void scalars(long step, Map<String, Double> values) {
        write(TensorBoardRecord.scalars(wallSeconds(), step, values));
    }

    private double wallSeconds() {
        Instant now = clock.instant();
        return now.getEpochSecond() + now.getNano() / 1e9;
    }

    private void write(byte[] record) {
        ByteBuffer bytes = ByteBuffer.wrap(record);
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw EventFault.writing(file, e);
        }
    }
}
