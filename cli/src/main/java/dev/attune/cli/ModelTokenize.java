package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.text.Encoding;
import dev.attune.text.Tokenizer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.databind.JsonNode;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;

/// `attune model tokenize`: a model's token ids for texts, and texts for ids.
@Command(
        name = "tokenize",
        description = {
            "Turns texts into a model's token ids, or ids into texts.",
            "",
            "Without --json each line of the file is a text, and its tokens are shown. With --json"
                    + " each line is a JSON string, answered by a line {\"ids\": [...]}; with"
                    + " --decode each line is such an object or an array of ids, answered by a JSON"
                    + " string."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Examples:",
            "  attune model tokenize stories260K --file texts.txt",
            "  attune model tokenize stories260K --file texts.jsonl --json",
            "  attune model tokenize stories260K --file ids.jsonl --decode --json"
        })
final class ModelTokenize implements Callable<Integer> {
    /// What becomes of special tokens in a text.
    enum InText {
        auto,
        parse,
        text
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ModelArgument model = new ModelArgument();

    @Option(names = "--file", required = true, paramLabel = "FILE", description = "What to read.")
    private Path file = Path.of("");

    @Option(names = "--decode", description = "Turn ids into texts.")
    private boolean decode;

    @Option(
            names = "--add-special-tokens",
            description = "Add the tokens that the tokenizer puts around a text, such as a BOS.")
    private boolean addSpecialTokens;

    @Option(
            names = "--special-tokens-in-text",
            paramLabel = "HOW",
            defaultValue = "auto",
            description =
                    "Of special tokens that stand in a text: parse, or take as text like any other;"
                            + " auto does what the file's own program does: Hugging Face parses,"
                            + " SentencePiece, tiktoken and llama.cpp do not (default:"
                            + " ${DEFAULT-VALUE}).")
    private InText inText = InText.auto;

    @Option(
            names = "--skip-special-tokens",
            description = "With --decode: leave special tokens out of the text.")
    private boolean skipSpecialTokens;

    @Option(names = "--json", description = "Read and write a JSON value a line.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Tokenizer tokenizer = Tokenizer.load(model.folder())) {
            new TextFile(file)
                    .eachLine((line, place) ->
                            out.println(
                                    decode
                                            ? decoded(tokenizer, line, place)
                                            : encoded(tokenizer, line, place)));
        }
        out.flush();
        return 0;
    }

    private String encoded(Tokenizer tokenizer, String line, String place) {
        String text = json ? string(line, place) : line;
        Encoding bare = parses(tokenizer) ? tokenizer.encode(text) : tokenizer.encodePlain(text);
        Encoding encoding = addSpecialTokens ? tokenizer.withSpecialTokens(bare, text) : bare;
        if (json) {
            return JsonText.write(Map.of("ids", encoding.ids()));
        }
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < encoding.length(); i++) {
            String token = tokenizer.token(encoding.id(i)).orElse("?");
            shown.append(i == 0 ? "" : " ").append(encoding.id(i)).append(':').append(token);
        }
        return shown.toString();
    }

    private boolean parses(Tokenizer tokenizer) {
        return switch (inText) {
            case parse -> true;
            case text -> false;
            case auto -> tokenizer.recognisesSpecialTokens();
        };
    }

    private static String string(String line, String place) {
        JsonNode node = JsonText.read(line, place);
        if (!node.isString()) {
            throw AttuneException.user("Expected a JSON string, found " + shortened(line) + ".")
                    .at(place)
                    .fix("Write each text as a JSON string on a line of its own.");
        }
        return node.stringValue();
    }

    private String decoded(Tokenizer tokenizer, String line, String place) {
        int[] ids = json ? ids(line, place) : words(line, place);
        try {
            String text =
                    skipSpecialTokens
                            ? tokenizer.decodeSkippingSpecial(ids)
                            : tokenizer.decode(ids);
            return json ? JsonText.write(text) : text;
        } catch (AttuneException e) {
            throw e.at(place);
        }
    }

    private static int[] ids(String line, String place) {
        JsonNode node = JsonText.read(line, place);
        JsonNode ids = node.isObject() ? node.path("ids") : node;
        if (!ids.isArray() || !ids.valueStream().allMatch(JsonNode::canConvertToInt)) {
            throw AttuneException.user(
                            "Expected token ids such as {\"ids\": [5, 7]}, found "
                                    + shortened(line)
                                    + ".")
                    .at(place)
                    .fix("Write the ids of each text on a line of their own.");
        }
        return ids.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private static int[] words(String line, String place) {
        try {
            return new TokenIds.Converter()
                    .convert(line).ids().stream().mapToInt(Integer::intValue).toArray();
        } catch (picocli.CommandLine.TypeConversionException e) {
            throw AttuneException.user("No token ids: " + e.getMessage() + ".")
                    .at(place)
                    .fix("Write the ids of each text on a line of their own: 5 7 9.");
        }
    }

    private static String shortened(String line) {
        return line.length() > 60 ? line.substring(0, 57) + "..." : line;
    }
}
