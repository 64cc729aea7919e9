package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.generate.GenerationRequest;
import dev.attune.generate.SamplingConfig;
import dev.attune.generate.TokenGenerator;
import dev.attune.model.Adapter;
import dev.attune.model.Decoder;
import dev.attune.tensor.Device;
import dev.attune.tensor.Dtype;
import dev.attune.tensor.Scope;
import dev.attune.testkit.LeakCheck;
import dev.attune.testkit.SharedData;
import dev.attune.text.ChatFormat;
import dev.attune.text.Conversation;
import dev.attune.text.Message;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `attune chat` answers, against the generator alone.
@ExtendWith(LeakCheck.class)
class ChatTest {
    private static final String QUESTION = "Tell me about Lily and größe 🙂";

    @TempDir private Path folder = Path.of("");
    private Path model = Path.of("");
    private Path run = Path.of("");

    @BeforeEach
    void makeARun() {
        model = SampleRuns.chatModel(folder.resolve("model"));
        run = SampleRuns.run(folder.resolve("run1"), model.toString());
    }

    @Test
    void greedyChatEqualsGenerationOfTheRenderedPrompt() {
        Ran ran = chat("", model.toString(), "--prompt", QUESTION);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .isEqualTo(alone(Optional.empty(), Message.of("user", QUESTION)) + "\n");
    }

    @Test
    void theAdapterOfARunAnswersAndSwitchedOffTheBaseDoes() {
        SampleRuns.adapter(run, "adapter", model);
        String tuned = alone(Optional.of(run.resolve("adapter")), Message.of("user", QUESTION));
        String base = alone(Optional.empty(), Message.of("user", QUESTION));
        assertThat(tuned).isNotEqualTo(base);
        assertThat(chat("", run.toString(), "--prompt", QUESTION).out()).isEqualTo(tuned + "\n");
        assertThat(chat("", run.toString(), "--prompt", QUESTION, "--no-adapter").out())
                .isEqualTo(base + "\n");
        String adapter = run.resolve("adapter").toString();
        assertThat(chat("", adapter, "--base", model.toString(), "--prompt", QUESTION).out())
                .isEqualTo(tuned + "\n");
        Ran both =
                chat(
                        QUESTION + "\n/compare\n/adapter off\n/clear\n" + QUESTION + "\n",
                        run.toString());
        assertThat(both.out()).isEqualTo(tuned + "\n" + base + "\n" + base + "\n");
        assertThat(both.err())
                .contains("attune: Without the adapter:", "attune: The adapter is off.");
    }

    @Test
    void theHistoryAndTheSystemTextAreInThePrompt() {
        Ran ran = chat("Hello\nWhy?\n", model.toString(), "--system", "Be kind.", "--json");
        List<String> answers =
                ran.out().lines().map(line -> json(line).get("answer").asString()).toList();
        assertThat(answers)
                .containsExactly(
                        alone(
                                Optional.empty(),
                                Message.of("system", "Be kind."),
                                Message.of("user", "Hello")),
                        alone(
                                Optional.empty(),
                                Message.of("system", "Be kind."),
                                Message.of("user", "Hello"),
                                Message.of("assistant", answers.getFirst()),
                                Message.of("user", "Why?")));
        JsonNode second = json(ran.out().lines().toList().getLast());
        assertThat(second.get("reused_tokens").asInt()).isGreaterThan(10);
        assertThat(second.get("stop").asString()).isEqualTo("length");
        assertThat(second.get("tokens").asInt()).isEqualTo(24);
        assertThat(second.get("seconds").asDouble()).isPositive();
    }

    @Test
    void clearForgetsAndRetryAsksAgain() {
        Ran ran = chat("Hello\n/clear\nWhy?\n/retry\n", model.toString());
        String why = alone(Optional.empty(), Message.of("user", "Why?"));
        assertThat(ran.out().lines().skip(ran.out().lines().count() - lines(why) * 2))
                .isEqualTo((why + "\n" + why).lines().toList());
    }

    @Test
    void saveAddsRowsThatCanBeTrainedOn() throws IOException {
        Path file = folder.resolve("saved.jsonl");
        String save = "/save " + file + "\n";
        Ran ran =
                chat("Hello\n" + save + "Why?\n" + save, model.toString(), "--system", "Be kind.");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        List<String> rows = Files.readAllLines(file);
        assertThat(rows).hasSize(2);
        assertThat(json(rows.getLast()).get("messages").valueStream())
                .extracting(message -> message.get("role").asString())
                .containsExactly("system", "user", "assistant", "user", "assistant");
        Ran shown = Ran.of("data", "show", file.toString(), "--model", model.toString());
        assertThat(shown.exitCode()).as(shown.err()).isZero();
    }

    @Test
    void theSeedDecidesAndRetryDrawsAnew() {
        String[] drawn = {model.toString(), "--temperature", "1.5", "--seed", "7"};
        String first = plain("Hello\n/retry\n", drawn).out();
        assertThat(plain("Hello\n/retry\n", drawn).out()).isEqualTo(first);
        assertThat(plain("Hello\n/set seed 8\n/retry\n", drawn).out()).isNotEqualTo(first);
        assertThat(first.lines().distinct().count()).isGreaterThan(1);
    }

    @Test
    void aConversationThatOutgrowsTheContextDropsItsOldestTurnsVisibly() {
        String question = "Lily saw a big red ball. ".repeat(25) + "\n";
        Ran ran = chat(question.repeat(9), model.toString(), "--json");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.out().lines()).hasSize(9);
        assertThat(ran.err())
                .containsPattern(
                        "The conversation outgrew the model's 512 tokens: its oldest \\d+ messages"
                                + " are no longer read\\.");
    }

    @Test
    void aQuestionThatIsLongerThanTheContextIsRefused() {
        Ran ran = chat("", model.toString(), "--prompt", "ball ".repeat(600));
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err())
                .containsPattern("The question has \\d+ tokens .*; the model reads 512")
                .contains("fix  Shorten it");
    }

    @Test
    void aModelWithoutATemplateGoesOnWithTheTextAndSaysSo() {
        String base = SharedData.path("models/tinystories-656K").toString();
        Ran ran = chat("Once upon a time\nOnce upon a time\n", base);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        assertThat(ran.err()).containsOnlyOnce("no chat template: it goes on with each text");
        assertThat(ran.out()).startsWith(", a little girl named Lily");
        Ran system = chat("", base, "--system", "Be kind.", "--prompt", "x");
        assertThat(system.exitCode()).isEqualTo(2);
        assertThat(system.err()).contains("--system needs a model with a chat template.");
    }

    @Test
    void aRunUnderWayAnswersWithItsNewestCheckpoint() {
        Ran nothing = chat("", run.toString(), "--prompt", "x");
        assertThat(nothing.exitCode()).isEqualTo(2);
        assertThat(nothing.err()).contains("neither a result nor a checkpoint yet");
        SampleRuns.adapter(run, "checkpoint-4", model);
        SampleRuns.adapter(run, "checkpoint-12", model);
        Ran ran = chat("", run.toString(), "--prompt", QUESTION);
        assertThat(ran.err()).contains("The run has not ended; this is checkpoint-12.");
        assertThat(ran.out())
                .isEqualTo(
                        alone(
                                        Optional.of(run.resolve("checkpoint-12")),
                                        Message.of("user", QUESTION))
                                + "\n");
    }

    @Test
    void textOfSeveralLinesAndALeadingSlashCanBeAsked() {
        assertThat(chat("\"\"\"a\nb\"\"\"\n//help\n/help\n", model.toString()).exitCode()).isZero();
        assertThat(chat("\"\"\"Hello\nWhy?\"\"\"\n", model.toString()).out())
                .isEqualTo(alone(Optional.empty(), Message.of("user", "Hello\nWhy?")) + "\n");
    }

    private static JsonNode json(String line) {
        return JsonMapper.shared().readTree(line);
    }

    private static long lines(String text) {
        return text.lines().count();
    }

    private static Ran chat(String input, String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 1);
        all[args.length] = "--greedy";
        return plain(input, all);
    }

    private static Ran plain(String input, String... args) {
        String[] all = new String[args.length + 3];
        all[0] = "chat";
        System.arraycopy(args, 0, all, 1, args.length);
        all[args.length + 1] = "--max-new-tokens";
        all[args.length + 2] = "24";
        var stream = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        return Ran.of(Map.of(), new StandardInput(stream, false), all);
    }

    /// What the generator says to the rendered messages.
    private String alone(Optional<Path> adapter, Message... messages) {
        try (ChatFormat format = ChatFormat.load(model, LocalDateTime.now(ZoneId.systemDefault()));
                Decoder decoder = Decoder.load(model, Dtype.FLOAT32, Device.CPU);
                var _ = Scope.open("alone")) {
            Optional<Adapter> loaded = adapter.map(path -> Adapter.load(path, decoder));
            loaded.ifPresent(Adapter::attach);
            int[] prompt = format.prompt(Conversation.of(messages));
            SamplingConfig greedy =
                    SamplingConfig.greedy(24).toBuilder()
                            .eosTokenIds(format.stopTokens().ids())
                            .build();
            List<Integer> ids =
                    TokenGenerator.of(decoder)
                            .generate(List.of(GenerationRequest.of(prompt, greedy)))
                            .getFirst()
                            .answerIds();
            loaded.ifPresent(Adapter::close);
            return format.tokenizer()
                    .decodeSkippingSpecial(ids.stream().mapToInt(Integer::intValue).toArray());
        }
    }
}
