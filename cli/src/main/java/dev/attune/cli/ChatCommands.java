package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What lines that begin with `/` do.
///
/// @param talk what they act on
record ChatCommands(ChatTalk talk) {
    private static final String HELP =
            """
            /system TEXT         sets the system text; /system none removes it, /system shows it
            /adapter on|off      switches the trained adapter
            /compare             answers the last question with the adapter the other way round
            /retry               answers the last question again
            /clear               forgets what was said
            /set NAME VALUE      temperature, top_p, top_k, min_p, repetition_penalty,
                                 max_new_tokens or seed; /set shows them
            /save FILE           adds the conversation to FILE as a row that can be trained on
            /help                shows this
            /bye                 ends, as Ctrl-D does; Ctrl-C stops an answer

            \"""text\"""           a question of several lines
            //text               a question that begins with /\
            """;

    /// All commands, for the tabulator.
    static List<String> words() {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "/system",
                                "/adapter",
                                "/compare",
                                "/retry",
                                "/clear",
                                "/set",
                                "/save",
                                "/help",
                                "/bye"));
        ChatSettings.NAMES.forEach(name -> words.add("/" + name));
        return words;
    }

    /// Whether a line is a command.
    static boolean is(String line) {
        return line.startsWith("/") && !line.startsWith("//");
    }

    /// Does what a line says.
    ///
    /// @return whether the chat goes on
    /// @throws AttuneException of kind USER if it says nothing known
    boolean run(String line) {
        String[] parts = line.strip().split("\\s+", 2);
        String rest = parts.length > 1 ? parts[1].strip() : "";
        switch (parts[0]) {
            case "/bye", "/exit", "/quit" -> {
                return false;
            }
            case "/help", "/?" -> talk.screen().show(HELP);
            case "/system" -> system(rest);
            case "/adapter" -> adapter(rest);
            case "/compare" -> {
                requireAdapter();
                talk.compare();
            }
            case "/retry" -> talk.retry();
            case "/clear" -> {
                talk.history().clear();
                talk.screen().note("Forgotten.");
            }
            case "/set" -> set(rest);
            case "/save" -> save(rest);
            default -> shortSet(parts[0], rest);
        }
        return true;
    }

    private void system(String text) {
        if (text.isEmpty()) {
            talk.screen().show(talk.history().system().orElse("There is no system text."));
            return;
        }
        talk.history().system(text.equals("none") ? "" : text);
        talk.screen().note(text.equals("none") ? "No system text." : "System text set.");
    }

    private void adapter(String state) {
        requireAdapter();
        switch (state) {
            case "on" -> talk.model().adapt(true);
            case "off" -> talk.model().adapt(false);
            case "" -> {}
            default ->
                    throw AttuneException.user("The adapter cannot be " + state + ".")
                            .fix("/adapter on or /adapter off");
        }
        talk.screen().note("The adapter is " + (talk.model().isAdapted() ? "on." : "off."));
    }

    private void requireAdapter() {
        if (!talk.model().hasAdapter()) {
            throw AttuneException.user("This model has no adapter.")
                    .fix("Start attune chat with a run, or with an adapter's folder and --base.");
        }
    }

    private void set(String rest) {
        String[] words = rest.split("[\\s=]+", 2);
        if (rest.isEmpty()) {
            Map<String, Object> values = talk.settings().values();
            talk.screen()
                    .show(
                            ChatSettings.NAMES.stream()
                                    .map(name -> "%-20s %s".formatted(name, values.get(name)))
                                    .collect(Collectors.joining("\n")));
        } else if (words.length < 2) {
            throw AttuneException.user("The value of " + words[0] + " is missing.")
                    .fix("/set " + words[0] + " VALUE");
        } else {
            talk.settings().set(words[0], words[1].strip());
            talk.screen()
                    .note(words[0] + " is " + talk.settings().values().get(words[0]) + " now.");
        }
    }

    private void shortSet(String command, String value) {
        if (ChatSettings.NAMES.contains(command.substring(1))) {
            set(command.substring(1) + " " + value);
            return;
        }
        throw AttuneException.user("There is no command " + command + ".")
                .fix(
                        Nearest.to(command, new TreeSet<>(words()))
                                        .map(near -> "Did you mean " + near + "? ")
                                        .orElse("")
                                + "/help shows all; // before a text sends it with its /.");
    }

    private void save(String name) {
        if (name.isEmpty() || !talk.history().hasQuestion()) {
            throw AttuneException.user(
                            name.isEmpty() ? "The file is missing." : "Nothing was said yet.")
                    .fix("/save chat.jsonl after a question");
        }
        try {
            Path file = Path.of(name);
            Files.writeString(
                    file,
                    talk.history().row() + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            talk.screen().note("Added one row to " + file + ".");
        } catch (IOException | InvalidPathException e) {
            throw AttuneException.user("The conversation cannot be saved: " + e.getMessage() + ".")
                    .at(name)
                    .fix("Name a file in a folder that you may write to.")
                    .causedBy(e);
        }
    }
}
