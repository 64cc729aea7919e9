package dev.attune.cli;

import dev.attune.hub.FileChoice;
import dev.attune.hub.HubReference;
import dev.attune.hub.Snapshot;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `attune model pull`: fetches a model from the hub into the cache that Python's tools share.
@Command(
        name = "pull",
        description = {
            "Downloads a model from the Hugging Face hub, or a data set, into the cache that Python"
                    + " tools share, and prints the folder.",
            "Run again, it continues where it stopped."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "HF_TOKEN, HF_ENDPOINT, HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE mean what they mean to"
                    + " Python tools.",
            "",
            "Examples:",
            "  attune model pull hf:HuggingFaceTB/SmolLM2-135M",
            "  attune model pull hf:HuggingFaceTB/SmolLM2-135M@main --json | jq -r .path",
            "  attune model pull hf:HuggingFaceTB/SmolLM2-135M --include tokenizer*"
        })
final class ModelPull implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "hf:OWNER/NAME[@REVISION]",
            description = "The repository; hf:datasets/OWNER/NAME is a data set.")
    private String repository = "";

    @Option(
            names = "--revision",
            paramLabel = "R",
            description = "A branch, a tag or a commit, in place of one behind @.")
    private @Nullable String revision;

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description = "Just the files that match, of any format; may be given several times.")
    private List<String> include = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            description = "Not the files that match; may be given several times.")
    private List<String> exclude = List.of();

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "The cache, in place of HF_HUB_CACHE, $HF_HOME/hub or"
                            + " ~/.cache/huggingface/hub.")
    private @Nullable Path cache;

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        HubReference parsed = HubReference.parse(repository);
        HubReference reference = revision == null ? parsed : parsed.at(revision);
        boolean terminal = spec.commandLine().getColorScheme().ansi().enabled();
        PullProgress progress =
                new PullProgress(spec.commandLine().getErr(), terminal, System::nanoTime);
        Snapshot snapshot =
                HubEnvironment.of(spec)
                        .hub(Optional.ofNullable(cache))
                        .pull(reference, new FileChoice(include, exclude), progress);
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? JsonText.write(fields(snapshot)) : snapshot.path().toString());
        out.flush();
        return 0;
    }

    private static Map<String, Object> fields(Snapshot snapshot) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("path", snapshot.path().toString());
        fields.put("commit", snapshot.commit());
        fields.put("files", snapshot.files());
        fields.put("bytes_downloaded", snapshot.bytesDownloaded());
        return fields;
    }
}
