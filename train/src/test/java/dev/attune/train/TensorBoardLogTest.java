package dev.attune.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attune.train.TrainEvent.Diverged;
import dev.attune.train.TrainEvent.Evaluated;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

class TensorBoardLogTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000, 500_000_000);
    private static final String FIRST = "events.out.tfevents.1700000000.attune";

    // Put together from the specification of record files and of event.proto by a Python script
    // that takes CRC-32C bit by bit; the first 12 bytes are also those of files of TensorFlow.
    private static final String VERSION_RECORD =
            "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b353110";
    private static final String EVALUATED_RECORD =
            "3c00000000000000c8b7a3520900002040fc54d94110ac022a2e0a100a096576616c2f6c6f737315"
                    + "0000a03f0a1a0a136576616c2f746f6b656e5f6163637572616379150000003f87286019";
    private static final String RESTART_RECORD =
            "0f000000000000006d532b090900002040fc54d941101f3a020801217f8372";

    @TempDir Path folder;

    @Test
    void writesTheBytesOfTheSpecification() throws IOException {
        write(new Evaluated(300, 1.25, 0.5, 100, true, 1));

        assertThat(HexFormat.of().formatHex(Files.readAllBytes(folder.resolve(FIRST))))
                .isEqualTo(VERSION_RECORD + EVALUATED_RECORD);
    }

    @Test
    void tellsFromWhichStepEarlierFilesAreUndone() throws IOException {
        write(EventSamples.started(30, 100));

        assertThat(HexFormat.of().formatHex(Files.readAllBytes(folder.resolve(FIRST))))
                .isEqualTo(VERSION_RECORD + RESTART_RECORD);
    }

    @Test
    void aReaderOfItsOwnFindsEveryCurve() throws IOException {
        write(
                EventSamples.started(0, 100),
                EventSamples.stepped(1),
                EventSamples.stepped(200),
                EventSamples.evaluated(200),
                new Diverged(201, Double.NaN, Double.POSITIVE_INFINITY, List.of()));

        assertThat(scalars(Files.readAllBytes(folder.resolve(FIRST))))
                .containsExactly(
                        "1 train/loss 2.0",
                        "1 train/grad_norm 0.5",
                        "1 train/learning_rate 1.0E-4",
                        "1 train/tokens_per_second 8192.0",
                        "200 train/loss 0.01",
                        "200 train/grad_norm 0.5",
                        "200 train/learning_rate 1.0E-4",
                        "200 train/tokens_per_second 8192.0",
                        "200 eval/loss 1.5",
                        "200 eval/token_accuracy 0.625",
                        "201 train/loss NaN",
                        "201 train/grad_norm Infinity");
    }

    @Test
    void aSecondFileOfTheSameSecondSortsAfterTheFirst() throws IOException {
        write();
        write();

        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(FIRST, "events.out.tfevents.1700000001.attune");
        }
    }

    @Test
    void refusesANameThatLeavesTheFolder() {
        assertThatThrownBy(() -> TensorBoardLog.open(folder, "../run", InstantSource.fixed(NOW)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No name for a file: ../run");
    }

    private void write(TrainEvent... events) {
        try (var log = TensorBoardLog.open(folder, "attune", InstantSource.fixed(NOW))) {
            for (TrainEvent event : events) {
                log.hear(event);
            }
        }
    }

    /// `step tag value` of every scalar; checks frames, sums and the first record.
    private static List<String> scalars(byte[] content) {
        var found = new ArrayList<String>();
        ByteBuffer file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        for (boolean first = true; file.hasRemaining(); first = false) {
            long length = file.getLong(file.position());
            requireSum(take(file, 8), file.getInt());
            ByteBuffer event = take(file, (int) length);
            requireSum(event, file.getInt());
            assertThat(event.get()).as("key of wall_time").isEqualTo((byte) 0x09);
            assertThat(event.getDouble()).as("wall_time").isEqualTo(1_700_000_000.5);
            if (first) {
                assertThat(event.get()).as("key of file_version").isEqualTo((byte) 0x1a);
                assertThat(text(event)).isEqualTo("brain.Event:2");
                continue;
            }
            assertThat(event.get()).as("key of step").isEqualTo((byte) 0x10);
            long step = varint(event);
            assertThat(event.get()).as("key of summary").isEqualTo((byte) 0x2a);
            ByteBuffer summary = take(event, (int) varint(event));
            while (summary.hasRemaining()) {
                assertThat(summary.get()).as("key of a value").isEqualTo((byte) 0x0a);
                ByteBuffer value = take(summary, (int) varint(summary));
                assertThat(value.get()).as("key of tag").isEqualTo((byte) 0x0a);
                String tag = text(value);
                assertThat(value.get()).as("key of simple_value").isEqualTo((byte) 0x15);
                found.add(step + " " + tag + " " + value.getFloat());
                assertThat(value.hasRemaining()).as("bytes after a value").isFalse();
            }
            assertThat(event.hasRemaining()).as("bytes after a summary").isFalse();
        }
        return found;
    }

    private static ByteBuffer take(ByteBuffer from, int bytes) {
        ByteBuffer taken = from.slice(from.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
        from.position(from.position() + bytes);
        return taken;
    }

    private static String text(ByteBuffer from) {
        return StandardCharsets.UTF_8.decode(take(from, (int) varint(from))).toString();
    }

    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = from.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    /// CRC-32C bit by bit, so that the reader shares nothing with the writer.
    private static void requireSum(ByteBuffer bytes, int masked) {
        int crc = -1;
        for (int i = 0; i < bytes.limit(); i++) {
            crc ^= bytes.get(i) & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) * 0x82f63b78);
            }
        }
        crc = ~crc;
        assertThat(((crc >>> 15) | (crc << 17)) + 0xa282ead8).as("checksum").isEqualTo(masked);
    }
}
