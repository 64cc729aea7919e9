package dev.attune.cli;

import dev.attune.base.AttuneException;
import dev.attune.base.ErrorKind;
import dev.attune.tensor.Libtorch;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/// The root command and the process's entry.
///
/// Exit codes: 0 success, and by who must act on an error, those of [ErrorKind]: 2 the caller, 3
/// memory, disk or time, 4 the machine, 70 Attune itself.
@Command(
        name = "attune",
        description = "Fine-tunes, judges and ships small language models on this machine.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {"", "Example:", "  attune doctor"})
public final class Attune implements Callable<Integer> {
    private final Map<String, String> environment;

    @Spec private CommandSpec spec = CommandSpec.create();

    /// @param environment the variables that commands read
    private Attune(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] args) {
        CommandLine line = commandLineFor(args);
        line.setOut(writer(System.out, System.getProperty("stdout.encoding", "")));
        line.setErr(writer(System.err, System.getProperty("stderr.encoding", "")));
        System.exit(run(line, args));
    }

    /// A writer in the stream's own encoding, or in UTF-8 where that is ASCII, as it is in a
    /// minimal locale, and would turn other characters into question marks.
    private static PrintWriter writer(PrintStream stream, String encoding) {
        boolean known = !encoding.isEmpty() && Charset.isSupported(encoding);
        Charset own = known ? Charset.forName(encoding) : StandardCharsets.UTF_8;
        Charset charset = own.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : own;
        return new PrintWriter(
                new BufferedWriter(new OutputStreamWriter(stream, charset), 1 << 16), true);
    }

    /// The whole command line in the environment of this process.
    static CommandLine commandLine() {
        return commandLine(System.getenv(), StandardInput.here());
    }

    /// The whole command line: each command is made here, with what it needs.
    static CommandLine commandLine(Map<String, String> environment, StandardInput input) {
        Object[] made = commands(input).stream().map(entry -> entry.make.get()).toArray();
        return commandLine(new Attune(environment), made);
    }

    /// The command line of this process, in which only the command that is called is made. Of the
    /// others it has the name and what they do, which is all that `--help` shows of them: to make
    /// them all takes as long as to start Java.
    static CommandLine commandLineFor(String... args) {
        Object[] commands =
                commands(StandardInput.here()).stream()
                        .map(entry ->
                                args.length > 0 && args[0].equals(entry.name())
                                        ? entry.make.get()
                                        : entry.named())
                        .toArray();
        return commandLine(new Attune(System.getenv()), commands);
    }

    private static List<Entry> commands(StandardInput input) {
        return List.of(
                new Entry(Quickstart.class, Quickstart::new),
                new Entry(Doctor.class, () -> new Doctor(Machine::here, Libtorch::here)),
                new Entry(ModelCommands.class, ModelCommands::new),
                new Entry(DataCommands.class, DataCommands::new),
                new Entry(Train.class, Train::new),
                new Entry(Resume.class, Resume::new),
                new Entry(Verify.class, Verify::new),
                new Entry(Chat.class, () -> new Chat(input)),
                new Entry(RunsCommands.class, RunsCommands::new),
                new Entry(Export.class, Export::new));
    }

    /// A command below the root.
    ///
    /// @param type carries [Command]
    /// @param make makes it with what it needs
    private record Entry(Class<?> type, Supplier<Object> make) {
        private Command command() {
            return Objects.requireNonNull(type.getAnnotation(Command.class));
        }

        String name() {
            return command().name();
        }

        /// A command that is only told of.
        CommandSpec named() {
            CommandSpec spec = CommandSpec.create().name(name());
            spec.usageMessage().description(command().description());
            return spec;
        }
    }

    /// The root with these commands below it.
    static CommandLine commandLine(Object... commands) {
        return commandLine(new Attune(System.getenv()), commands);
    }

    private static CommandLine commandLine(Attune root, Object... commands) {
        var line = new CommandLine(root);
        for (Object command : commands) {
            if (command instanceof CommandSpec named) {
                line.addSubcommand(named.name(), named);
            } else {
                line.addSubcommand(command);
            }
        }
        CommandGroups.show(line);
        return line.setParameterExceptionHandler(Attune::refuse)
                .setExecutionExceptionHandler(Attune::fail);
    }

    /// The variables that commands read.
    Map<String, String> environment() {
        return environment;
    }

    /// Runs one command.
    ///
    /// @return its exit code
    static int run(CommandLine line, String... args) {
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            var error =
                    AttuneException.resources("Out of memory: " + e.getMessage() + ".")
                            .fix("ATTUNE_JAVA_OPTS=-Xmx8g raises the Java heap to 8 GB.");
            return fail(error, line, null);
        } catch (LinkageError e) {
            return fail(Natives.explain(e, Machine.here()), line, null);
        }
    }

    /// Without a command there is nothing to do, which is the caller's mistake.
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    private static int refuse(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("attune: " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("  fix  " + line.getCommandSpec().qualifiedName() + " --help shows the usage");
        err.flush();
        return ErrorKind.USER.exitCode();
    }

    private static int fail(Exception thrown, CommandLine line, @Nullable ParseResult parsed) {
        Exception e = Natives.explain(thrown);
        ErrorKind kind = e instanceof AttuneException known ? known.kind() : ErrorKind.INTERNAL;
        PrintWriter err = line.getErr();
        if (kind == ErrorKind.INTERNAL) {
            err.println("attune: this is a fault of Attune's own; please report what follows.");
            e.printStackTrace(err);
        } else {
            err.println("attune: " + e.getMessage());
        }
        err.flush();
        return kind.exitCode();
    }
}
