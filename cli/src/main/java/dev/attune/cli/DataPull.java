package dev.attune.cli;

import dev.attune.data.HubRows;
import dev.attune.data.RowSource;

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
import java.util.concurrent.Callable;

/// `attune data pull`: fetches the rows of a data set of the hub.
@Command(
        name = "pull",
        description = {
            "Downloads one split of a data set of the Hugging Face hub into the cache that Python"
                    + " tools share, and prints the files.",
            "Run again, it continues where it stopped. The other commands, and training, fetch what"
                    + " they need by themselves."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "HF_TOKEN, HF_ENDPOINT, HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE mean what they mean to"
                    + " Python tools.",
            "",
            "Examples:",
            "  attune data pull hf:HuggingFaceH4/no_robots",
            "  attune data pull hf:HuggingFaceH4/no_robots@main:test --json"
        })
final class DataPull implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "hf:OWNER/NAME[/PATH][@REVISION][:[CONFIG:]SPLIT]",
            description =
                    "The data set, or a folder or file of it (default split: train). Configs are"
                            + " those of its README.")
    private String data = "";

    @Option(names = "--json", description = "Write one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        HubRows hub = HubSources.of(spec);
        RowSource found = hub.atCommit(RowSource.of(data));
        List<Path> files = hub.fetched(found);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("source", found.path());
            fields.put("files", files.stream().map(Path::toString).toList());
            out.println(JsonText.write(fields));
        } else {
            files.forEach(out::println);
        }
        out.flush();
        return 0;
    }
}
