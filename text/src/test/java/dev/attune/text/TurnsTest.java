package dev.attune.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;
import dev.attune.testkit.SharedData;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.zip.GZIPInputStream;

/// What a model is to emit of each message, in every real template.
class TurnsTest {
    private static final RenderSettings SETTINGS = RenderSettings.of(Map.of(), Conversations.CLOCK);
    private static final Set<String> STOPS = Set.of("</s>");

    @Test
    void allOfAnAssistantsTextAndNothingOfOthersIsEmitted() {
        List<String> wrong = new ArrayList<>();
        int[] turns = {0};
        eachRendering((name, rendered) -> {
            List<Span> spans = rendered.trainable(TrainOn.ASSISTANT, STOPS);
            turns[0] += spans.size();
            check(name, rendered, STOPS, wrong);
        });
        assertThat(wrong).isEmpty();
        assertThat(turns[0]).isGreaterThan(800);
    }

    @Test
    void theSameHoldsForTheTemplatesOfAllOtherCases() throws IOException {
        List<String> wrong = new ArrayList<>();
        int rendered = 0;
        for (JsonNode each : otherCases()) {
            JsonNode source = each.path("template");
            String template =
                    (source.isString() ? source : each.path("chat_template")).stringValue();
            Conversation conversation;
            Rendered rendering;
            try {
                conversation = Conversations.of(each.get("data"));
                rendering = ChatTemplate.parse("t", template).render(conversation, SETTINGS);
            } catch (AttuneException _) {
                continue;
            }
            rendered++;
            JsonNode eos = conversation.variables().get("eos_token");
            Set<String> stops =
                    eos != null && eos.isString() ? Set.of(eos.stringValue()) : Set.of();
            check(each.get("name").stringValue(), rendering, stops, wrong);
        }
        assertThat(wrong).isEmpty();
        assertThat(rendered).isGreaterThan(500);
    }

    private static List<JsonNode> otherCases() throws IOException {
        List<JsonNode> cases = new ArrayList<>();
        try (InputStream in =
                new GZIPInputStream(
                        Files.newInputStream(
                                SharedData.path("chat-templates/cases-more.json.gz")))) {
            Conversations.JSON.readTree(in).forEach(cases::add);
        }
        for (String file : List.of("huggingface-js-e2e", "llamacpp-builtin")) {
            Path path = SharedData.path("chat-templates/" + file + ".json");
            Conversations.JSON.readTree(Files.readString(path)).forEach(cases::add);
        }
        return cases;
    }

    private static void check(
            String name, Rendered rendered, Set<String> stops, List<String> wrong) {
        List<Span> spans = rendered.trainable(TrainOn.ASSISTANT, stops);
        SourcedText text = rendered.sourced();
        for (int i = 0; i < text.runs(); i++) {
            if (text.source(i) < 0) {
                continue;
            }
            Origin origin = rendered.origins().get(text.source(i));
            boolean assistant = isAssistant(rendered, origin.message());
            boolean inside = isInside(spans, text.start(i), text.end(i));
            String run = text.chars().substring(text.start(i), text.end(i));
            if (assistant && origin.field().isTrainable() && !inside && !isCopy(rendered, i)) {
                wrong.add(name + " misses " + run);
            } else if (!assistant && isTouched(spans, text.start(i), text.end(i))) {
                wrong.add(name + " takes " + run + " of message " + origin.message());
            }
        }
    }

    @Test
    void whatIsFoundEqualsWhatTemplatesMarkButForTheirHeadersAndLastNewline() {
        List<String> wrong = new ArrayList<>();
        int[] compared = {0};
        eachRendering((name, rendered) -> {
            if (rendered.generations().stream().allMatch(span -> span.length() == 0)) {
                return;
            }
            TurnFinder finder = new TurnFinder(rendered, rendered.shape(), STOPS);
            for (int i = 0; i < rendered.conversation().messages().size(); i++) {
                if (!isAssistant(rendered, i)) {
                    continue;
                }
                String marked = joined(rendered, generated(rendered, i));
                String found = joined(rendered, finder.emitted(i, true));
                compared[0]++;
                int at = marked.indexOf(found.isEmpty() ? "?" : found);
                boolean header =
                        at >= 0
                                && (rendered.shape().generationPrompt() + rendered.shape().header())
                                        .contains(marked.substring(0, at).strip());
                if (at < 0 || !header || !marked.substring(at + found.length()).isBlank()) {
                    wrong.add(name + "#" + i + " marks " + marked + "\n finds " + found);
                }
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(compared[0]).isGreaterThan(200);
    }

    private static List<Span> generated(Rendered rendered, int message) {
        return rendered.turns(TrainOn.ASSISTANT, STOPS).stream()
                .filter(turn -> turn.message() == message)
                .flatMap(turn -> turn.spans().stream())
                .toList();
    }

    private static String joined(Rendered rendered, List<Span> spans) {
        StringBuilder text = new StringBuilder();
        spans.forEach(span -> text.append(span.of(rendered.text())));
        return text.toString();
    }

    private static void eachRendering(BiConsumer<String, Rendered> check) {
        ReferenceTemplates references = new ReferenceTemplates();
        for (ReferenceTemplates.Reference reference : references.all()) {
            for (String id : references.conversations()) {
                Rendered rendered;
                try {
                    rendered =
                            reference
                                    .template()
                                    .render(
                                            references.conversation(id, reference.specialTokens()),
                                            SETTINGS);
                } catch (AttuneException _) {
                    continue;
                }
                check.accept(reference.template().name() + " " + id, rendered);
            }
        }
    }

    private static boolean isAssistant(Rendered rendered, int message) {
        return message >= 0
                && rendered.conversation().messages().get(message).role().equals("assistant");
    }

    private static boolean isInside(List<Span> spans, int from, int to) {
        return spans.stream().anyMatch(span -> span.from() <= from && to <= span.to());
    }

    private static boolean isTouched(List<Span> spans, int from, int to) {
        return spans.stream().anyMatch(span -> span.overlaps(from, to));
    }

    /// Whether the same characters of the same value were written before.
    private static boolean isCopy(Rendered rendered, int run) {
        SourcedText text = rendered.sourced();
        for (int i = 0; i < run; i++) {
            if (text.source(i) == text.source(run) && text.offset(i) == text.offset(run)) {
                return true;
            }
        }
        return false;
    }
}
