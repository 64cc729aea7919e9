package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.SharedData;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// A conversation of ten turns is rendered in less than a millisecond.
class TemplateSpeedTest {
    private static final long LIMIT_NANOS = 1_000_000;

    private static Conversation conversation() {
        String words =
                "The quick brown fox jumps over the lazy dog, and then it sleeps. ".repeat(3);
        List<Message> messages = new ArrayList<>();
        messages.add(Message.of("system", words));
        for (int turn = 0; turn < 10; turn++) {
            messages.add(Message.of("user", words + turn));
            messages.add(Message.of("assistant", turn + words));
        }
        return new Conversation(messages, Map.of());
    }

    /// The smallest of several medians, so that what else the machine does counts little.
    private static long medianNanos(Runnable work) {
        long best = Long.MAX_VALUE;
        for (int series = 0; series < 40 && best > LIMIT_NANOS / 8; series++) {
            long[] nanos = new long[51];
            for (int i = 0; i < nanos.length; i++) {
                long start = System.nanoTime();
                work.run();
                nanos[i] = System.nanoTime() - start;
            }
            Arrays.sort(nanos);
            best = Math.min(best, nanos[nanos.length / 2]);
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llamacpp__meta-llama-Llama-3.1-8B-Instruct",
                "llamacpp__Qwen-Qwen3-0.6B",
                "trl__gemma",
                "llamacpp__mistralai-Mistral-Nemo-Instruct-2407",
                "llamacpp__openai-gpt-oss-120b",
                "llamacpp__unsloth-mistral-Devstral-Small-2507"
            })
    void rendersTenTurnsInLessThanAMillisecond(String name) {
        assertThat(SharedData.path("chat-templates")).exists();
        ChatTemplate template = new ReferenceTemplates().template(name);
        Conversation conversation = withoutSystem(name) ? spoken() : conversation();
        RenderSettings settings =
                RenderSettings.of(
                        Map.of("bos_token", "<s>", "eos_token", "</s>"), Conversations.CLOCK);
        long median =
                medianNanos(() ->
                        assertThat(template.render(conversation, settings).text()).isNotEmpty());
        assertThat(median).as("nanoseconds of %s", name).isLessThan(LIMIT_NANOS);
    }

    private static boolean withoutSystem(String name) {
        return name.equals("trl__gemma");
    }

    private static Conversation spoken() {
        List<Message> messages = conversation().messages();
        return new Conversation(messages.subList(1, messages.size()), Map.of());
    }
}
