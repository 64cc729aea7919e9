package dev.attune.cli;

import dev.attune.text.TrainOn;

import picocli.CommandLine.Option;

import java.util.List;
import java.util.Set;

/// Which messages of a conversation are learned.
final class TrainOnOptions {
    @Option(
            names = "--train-on-roles",
            split = ",",
            paramLabel = "ROLE",
            description = "The roles whose messages are learned (default: assistant).")
    private List<String> roles = List.of("assistant");

    @Option(names = "--last-turn-only", description = "Learn only the last of them.")
    private boolean lastTurnOnly;

    @Option(names = "--train-on-prompt", description = "Learn the whole text.")
    private boolean trainOnPrompt;

    /// The choice.
    TrainOn trainOn() {
        return new TrainOn(Set.copyOf(roles), lastTurnOnly, trainOnPrompt, 0);
    }
}
