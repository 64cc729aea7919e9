package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine;

import java.util.stream.Stream;

/// What every command of the real command line promises.
class CommandHelpTest {
    @ParameterizedTest
    @MethodSource("commands")
    void endsWithAnExampleOfItsOwnUse(CommandLine command) {
        var spec = command.getCommandSpec();
        assertThat(command.getUsageMessage()).contains("Usage: " + spec.qualifiedName());
        assertThat(spec.usageMessage().footer())
                .as(spec.qualifiedName())
                .anyMatch(line -> line.startsWith("Example"))
                .anyMatch(line -> line.startsWith("  " + spec.qualifiedName()));
    }

    private static Stream<CommandLine> commands() {
        return withBelow(Attune.commandLine());
    }

    private static Stream<CommandLine> withBelow(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().flatMap(CommandHelpTest::withBelow));
    }
}
