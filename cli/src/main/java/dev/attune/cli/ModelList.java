package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.hub.CachedSnapshot;
import dev.attune.hub.RepositoryKind;
import dev.attune.model.ModelFolder;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `attune model list`: the models that the cache holds, whoever downloaded them.
@Command(
        name = "list",
        description = "Lists the models in the cache that Python tools share.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune model list",
            "  attune model list --json | jq -r .[].name"
        })
final class ModelList implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "The cache, in place of HF_HUB_CACHE, $HF_HOME/hub or"
                            + " ~/.cache/huggingface/hub.")
    private @Nullable Path cache;

    @Option(names = "--json", description = "Write one JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        List<Map<String, Object>> models =
                HubEnvironment.of(spec)
                        .hub(Optional.ofNullable(cache))
                        .snapshots(RepositoryKind.MODEL)
                        .stream()
                        .map(ModelList::fields)
                        .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonText.write(models));
        } else if (models.isEmpty()) {
            out.println("The cache holds no model; attune model pull hf:owner/name fetches one.");
        } else {
            models.forEach(model -> out.println(line(model)));
        }
        out.flush();
        return 0;
    }

    private static String line(Map<String, Object> model) {
        return String.format(
                Locale.ROOT,
                "%-40s  %8.1f MB  %s  %s",
                model.get("name"),
                ((Number) Objects.requireNonNull(model.get("file_bytes"))).longValue() / 1e6,
                String.valueOf(model.get("commit")).substring(0, 8),
                model.get("architecture"));
    }

    private static Map<String, Object> fields(CachedSnapshot snapshot) {
        Optional<String> architecture = architecture(snapshot.path());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name(snapshot));
        fields.put("commit", snapshot.commit());
        fields.put("revisions", snapshot.revisions());
        fields.put("path", snapshot.path().toString());
        fields.put("file_bytes", snapshot.bytes());
        fields.put("supported", architecture.isPresent());
        fields.put("architecture", architecture.orElse("not supported, or not whole"));
        return fields;
    }

    private static String name(CachedSnapshot snapshot) {
        boolean main = snapshot.revisions().contains("main");
        String first = snapshot.revisions().isEmpty() ? "" : snapshot.revisions().getFirst();
        String revision = first.isEmpty() ? snapshot.commit() : first;
        return "hf:" + snapshot.id() + (main ? "" : "@" + revision);
    }

    private static Optional<String> architecture(Path folder) {
        try {
            return Optional.of(ModelFolder.read(folder).family().architecture());
        } catch (AttuneException _) {
            return Optional.empty();
        }
    }
}
