package dev.attune.text;

import dev.attune.base.AttuneException;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// The arguments of tool calls, which data holds as JSON text (OpenAI) or as an object (Hugging
/// Face), and of which a template understands one: a text that a template writes as JSON once more
/// comes out full of backslashes, and an object that it adds to a text is an error.
///
/// So a conversation is rendered as it is; where that escapes the arguments or fails, it is
/// rendered with them in the other form, if it has one and that goes well.
final class ToolArguments {
    private ToolArguments() {}

    /// Renders with the form of arguments that the template understands.
    static Rendered fit(Conversation conversation, Function<Conversation, Rendered> render) {
        Optional<Conversation> other = otherForm(conversation);
        if (other.isEmpty()) {
            return render.apply(conversation);
        }
        Rendered asIs;
        try {
            asIs = render.apply(conversation);
        } catch (AttuneException e) {
            try {
                return render.apply(other.get());
            } catch (AttuneException _) {
                throw e;
            }
        }
        if (!escapesArguments(asIs)) {
            return asIs;
        }
        try {
            return render.apply(other.get());
        } catch (AttuneException _) {
            return asIs;
        }
    }

    /// Whether a text of arguments stands in the rendering with other characters than its own.
    private static boolean escapesArguments(Rendered rendered) {
        SourcedText text = rendered.sourced();
        for (int i = 0; i < text.runs(); i++) {
            if (text.source(i) < 0) {
                continue;
            }
            Origin origin = rendered.origins().get(text.source(i));
            if (origin.chars() > 0 && origin.path().endsWith(".arguments")) {
                JsonNode message =
                        rendered.conversation().messages().get(origin.message()).fields();
                String original = message.at(RoundTrip.pointer(origin.path())).stringValue("");
                String run = text.chars().substring(text.start(i), text.end(i));
                if (!original.startsWith(run, text.offset(i))) {
                    return true;
                }
            }
        }
        return false;
    }

    /// The conversation with texts of arguments as objects, or else with objects as texts; nothing
    /// if it has neither.
    private static Optional<Conversation> otherForm(Conversation conversation) {
        Optional<Conversation> parsed = changed(conversation, ToolArguments::parsed);
        return parsed.isPresent() ? parsed : changed(conversation, ToolArguments::written);
    }

    private static JsonNode parsed(JsonNode arguments) {
        if (!arguments.isString()) {
            return arguments;
        }
        try {
            JsonNode node = JsonFiles.mapper().readTree(arguments.stringValue());
            return node.isObject() ? node : arguments;
        } catch (JacksonException _) {
            return arguments;
        }
    }

    private static JsonNode written(JsonNode arguments) {
        return arguments.isObject() ? StringNode.valueOf(arguments.toString()) : arguments;
    }

    private static Optional<Conversation> changed(
            Conversation conversation, UnaryOperator<JsonNode> change) {
        boolean any = false;
        List<Message> messages = new ArrayList<>();
        for (Message message : conversation.messages()) {
            ObjectNode fields = message.fields().deepCopy();
            for (JsonNode call : fields.path("tool_calls")) {
                JsonNode holder = call.path("function").isObject() ? call.path("function") : call;
                JsonNode arguments = holder.path("arguments");
                JsonNode changed = change.apply(arguments);
                if (holder instanceof ObjectNode object && !changed.equals(arguments)) {
                    object.set("arguments", changed);
                    any = true;
                }
            }
            messages.add(new Message(fields));
        }
        return any
                ? Optional.of(new Conversation(messages, conversation.variables()))
                : Optional.empty();
    }
}
