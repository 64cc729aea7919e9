package dev.attune.export;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.format.GgufFile;
import dev.attune.format.GgufTensor;
import dev.attune.model.Family;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// The hyperparameters of a GGUF file, asked for without the name of the architecture.
///
/// @param file open
/// @param architecture what their keys begin with
/// @param family the same as Attune knows it
record GgufKeys(GgufFile file, String architecture, Family family) {
    /// @throws AttuneException of kind USER, with the nearest, if the architecture is not known
    static GgufKeys of(GgufFile file) {
        String architecture =
                file.metadata()
                        .text("general.architecture")
                        .orElseThrow(() -> lacks(file, "key general.architecture"));
        boolean experts = file.metadata().whole(architecture + ".expert_count").orElse(0) > 0;
        return new GgufKeys(file, architecture, family(file, architecture, experts));
    }

    private static Family family(GgufFile file, String architecture, boolean experts) {
        if (architecture.equals("llama")) {
            return experts ? Family.MIXTRAL : Family.LLAMA;
        }
        return Arrays.stream(Family.values())
                .filter(f -> GgufFamily.of(f).architecture().equals(architecture))
                .findFirst()
                .orElseThrow(() -> unknown(file, architecture));
    }

    private static AttuneException unknown(GgufFile file, String architecture) {
        List<String> known =
                Arrays.stream(Family.values())
                        .map(f -> GgufFamily.of(f).architecture())
                        .distinct()
                        .toList();
        String nearest =
                Nearest.to(architecture, known).map(n -> " (nearest: " + n + ")").orElse("");
        return AttuneException.user(
                        "The architecture %s is not known%s.".formatted(architecture, nearest))
                .at(file.path())
                .fix("Known are " + String.join(", ", known) + ".");
    }

    /// Whether the file has a tensor of that name.
    boolean has(String tensor) {
        return file.tensors().containsKey(tensor);
    }

    /// The tensor of that name.
    GgufTensor tensor(String name) {
        GgufTensor tensor = file.tensors().get(name);
        if (tensor == null) {
            throw lacks(file, "tensor " + name);
        }
        return tensor;
    }

    long whole(String key) {
        OptionalLong value = file.metadata().whole(full(key));
        return value.orElseThrow(() -> lacks(file, "key " + full(key)));
    }

    long whole(String key, long fallback) {
        return file.metadata().whole(full(key)).orElse(fallback);
    }

    double real(String key) {
        OptionalDouble value = file.metadata().real(full(key));
        return value.orElseThrow(() -> lacks(file, "key " + full(key)));
    }

    double real(String key, double fallback) {
        return file.metadata().real(full(key)).orElse(fallback);
    }

    String text(String key, String fallback) {
        return file.metadata().text(full(key)).orElse(fallback);
    }

    boolean flag(String key, boolean fallback) {
        return file.metadata().flag(full(key)).orElse(fallback);
    }

    private String full(String key) {
        return architecture + "." + key;
    }

    private static AttuneException lacks(GgufFile file, String what) {
        return AttuneException.user("The file lacks the %s.".formatted(what))
                .at(file.path())
                .fix("Get the file of a whole model; convert it again if it is one.");
    }
}
