package dev.attune.cli;

import dev.attune.base.AttuneException;

import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A person at a terminal: a line editor with the lines of this session as its history. Ctrl-C
/// stops an answer and drops a line, Ctrl-D ends.
final class ChatTerminal implements ChatInput {
    private final Terminal terminal;
    private final LineReader reader;
    private final AtomicBoolean isInterrupted = new AtomicBoolean();

    private ChatTerminal(Terminal terminal, List<String> words) {
        this.terminal = terminal;
        var parser = new DefaultParser();
        // A line is the user's text, in which backslashes and quotes mean themselves.
        parser.setEscapeChars(new char[0]);
        parser.setQuoteChars(new char[0]);
        this.reader =
                LineReaderBuilder.builder()
                        .terminal(terminal)
                        .appName("attune")
                        .parser(parser)
                        .completer(new StringsCompleter(words))
                        .option(Option.DISABLE_EVENT_EXPANSION, true)
                        .build();
        terminal.handle(Signal.INT, _ -> isInterrupted.set(true));
    }

    /// The terminal of this process.
    ///
    /// @param words what the tabulator completes
    static ChatTerminal open(List<String> words) {
        try {
            return new ChatTerminal(
                    TerminalBuilder.builder().system(true).dumb(true).build(), words);
        } catch (IOException e) {
            throw AttuneException.environment("The terminal cannot be opened.")
                    .fix("Use --prompt TEXT, or give the questions as standard input.")
                    .causedBy(e);
        }
    }

    @Override
    public Optional<String> line(String prompt) {
        while (true) {
            try {
                String line = reader.readLine(prompt);
                isInterrupted.set(false);
                return Optional.of(line);
            } catch (UserInterruptException e) {
                if (e.getPartialLine().isEmpty()) {
                    terminal.writer().println("/bye or Ctrl-D ends.");
                    terminal.flush();
                }
            } catch (EndOfFileException _) {
                return Optional.empty();
            }
        }
    }

    @Override
    public boolean takeInterrupt() {
        return isInterrupted.getAndSet(false);
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException _) {
            // The chat is over, and the terminal is as it can be left.
            isInterrupted.set(false);
        }
    }
}
