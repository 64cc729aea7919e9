package dev.attune.data;

import dev.attune.base.AttuneException;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Encodes examples on several threads, and gives the results in the order of the data.
///
/// ```
/// reading ─▶ [ window of waiting rows, oldest first ] ─▶ writing      this thread
///                 │   │   │   │
///               encode by so many threads
/// ```
///
/// At most [#WINDOW_PER_THREAD] rows a thread are between reading and writing, so that memory does
/// not grow with the data.
final class ParallelEncoding {
    static final int WINDOW_PER_THREAD = 16;

    private final RowEncoder encoder;
    private final int threads;

    ParallelEncoding(RowEncoder encoder, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException(threads + " threads");
        }
        this.encoder = encoder;
        this.threads = threads;
    }

    /// Takes rows in the order of the data, on the calling thread.
    interface Into {
        void take(int file, Origin origin, EncodedRow row);
    }

    /// Encodes all of `examples`. A row that its encoder refuses is added to the faults of the
    /// examples.
    void encode(ExampleStream examples, Into into, Progress progress) {
        ArrayDeque<Waiting> window = new ArrayDeque<>();
        progress.begins("rows tokenised", examples.totalBytes());
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            Optional<Example> next = examples.next();
            while (next.isPresent() || !window.isEmpty()) {
                if (next.isPresent() && window.size() < threads * WINDOW_PER_THREAD) {
                    Example example = next.get();
                    Future<EncodedRow> row = pool.submit(() -> encoder.encode(example));
                    window.add(new Waiting(examples.file(), example.origin(), row));
                    next = examples.next();
                } else {
                    give(window.remove(), into, examples.faults());
                    long waiting = window.size() + (next.isPresent() ? 1L : 0L);
                    progress.at(examples.rows() - waiting, examples.bytes());
                }
            }
        } finally {
            pool.shutdownNow();
            pool.close();
        }
        progress.at(examples.rows(), examples.totalBytes());
    }

    private record Waiting(int file, Origin origin, Future<EncodedRow> row) {}

    private static void give(Waiting waiting, Into into, RowFaults faults) {
        EncodedRow row;
        try {
            row = waiting.row.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AttuneException.resources("Tokenising was interrupted.").causedBy(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AttuneException fault) {
                faults.add(fault.at(waiting.origin));
                return;
            }
            throw AttuneException.internal("Encoding a row failed: " + e.getCause())
                    .at(waiting.origin)
                    .causedBy(e);
        }
        into.take(waiting.file, waiting.origin, row);
    }
}
