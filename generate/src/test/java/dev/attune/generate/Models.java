package dev.attune.generate;

import dev.attune.format.SafetensorsFile;
import dev.attune.model.Batch;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Documents;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.tensor.Tape;
import dev.attune.tensor.Tensor;
import dev.attune.testkit.SharedData;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// The models of the reference data, and texts for them.
final class Models {
    private Models() {}

    static Decoder reference(String name) {
        return reference(name, Dtype.FLOAT32);
    }

    static Decoder reference(String name, Dtype dtype) {
        return Decoder.load(SharedData.path("reference/" + name), dtype, Device.CPU);
    }

    /// The ids under a name of a reference folder.
    static int[] expectedIds(String name, String key) {
        Path file = SharedData.path("reference/" + name + "/expected.safetensors");
        try (SafetensorsFile expected = SafetensorsFile.open(file)) {
            MemorySegment bytes =
                    expected.bytes(Objects.requireNonNull(expected.tensors().get(key)));
            return Arrays.stream(bytes.toArray(ValueLayout.JAVA_LONG_UNALIGNED))
                    .mapToInt(Math::toIntExact)
                    .toArray();
        }
    }

    /// A text of that many ids, each from 3 to 252; another one for each `salt`.
    static int[] ids(int count, int salt) {
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = 3 + (salt * 53 + i * 37 + i * i * 11) % 250;
        }
        return ids;
    }

    /// Greedy tokens by a full pass over the text for each, without a cache.
    static List<Integer> uncached(Decoder decoder, int[] prompt, int count) {
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] text = Arrays.copyOf(prompt, prompt.length + i);
            for (int j = 0; j < i; j++) {
                text[prompt.length + j] = chosen.get(j);
            }
            try (var _ = Scope.open("uncached")) {
                Documents one = Documents.ofLengths(text.length);
                Tensor hidden = decoder.hidden(Tape.off(), Batch.of(text, one, Device.CPU)).data();
                Tensor last = hidden.narrow(0, text.length - 1L, 1);
                chosen.add((int) decoder.head().logits(last).argmax().longs()[0]);
            }
        }
        return chosen;
    }
}
