package dev.attune.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.base.AttuneException;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Objects;

class AttuneTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void versionIsTheBuildsOwn() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("attune \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @Test
    void helpListsTheCommandsAndEndsWithAnExample() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("fails")
                .contains("Example:")
                .endsWith("  attune doctor\n");
    }

    @Test
    void helpShowsTheCommandsInTheOrderOfTheWork() {
        assertThat(Ran.of("--help").out())
                .containsSubsequence(
                        "Begin\n  quickstart ",
                        "Data and models\n  data ",
                        "  model ",
                        "Train\n  train ",
                        "  resume ",
                        "  verify ",
                        "Try and judge\n  chat ",
                        "  runs ",
                        "Ship\n  export ",
                        "Machines\n",
                        "  doctor ",
                        "Example:")
                .doesNotContain("More");
    }

    @Test
    void helpIsTheSameWhereNoCommandIsMade() {
        assertThat(Attune.commandLineFor("--help").getUsageMessage())
                .isEqualTo(Attune.commandLine().getUsageMessage());
    }

    @Test
    void onlyTheCommandThatIsCalledIsMade() {
        CommandLine line = Attune.commandLineFor("runs", "list", "--json");

        CommandLine whole = Attune.commandLine();
        assertThat(line.getSubcommands().keySet()).isEqualTo(whole.getSubcommands().keySet());
        assertThat(below(line, "runs").getSubcommands().keySet())
                .isEqualTo(below(whole, "runs").getSubcommands().keySet());
        assertThat(below(line, "train").getCommandSpec().options()).isEmpty();
    }

    @Test
    void withoutACommandAsksWhichAndExitsAsAUserError() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).startsWith("attune: Which command?");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aMisspeltCommandIsRefusedWithTheNearest() {
        assertThat(run("fials")).isEqualTo(2);
        assertThat(err.toString()).contains("fials").contains("attune fails");
    }

    @Test
    void anErrorForAPersonIsItsMessageAndTheExitCodeOfItsKind() {
        assertThat(run(AttuneException.user("Cannot read a.").at("a").fix("Make it.")))
                .isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly("attune: Cannot read a.", "  at   a", "  fix  Make it.");
        assertThat(run(AttuneException.resources("No disk."))).isEqualTo(3);
        assertThat(run(AttuneException.environment("No driver."))).isEqualTo(4);
    }

    @Test
    void aFaultOfAttuneShowsItsStackTrace() {
        assertThat(run(AttuneException.internal("Lost."))).isEqualTo(70);
        assertThat(err.toString()).contains("please report").contains("\tat ");
        assertThat(run(new IllegalStateException("odd"))).isEqualTo(70);
        assertThat(err.toString()).contains("IllegalStateException: odd");
    }

    @Test
    void memoryThatRanOutIsAResourceError() {
        assertThat(run(new OutOfMemoryError("Java heap space"))).isEqualTo(3);
        assertThat(err.toString()).contains("Java heap space").contains("ATTUNE_JAVA_OPTS");
    }

    @Test
    void libtorchWithoutMemoryIsAResourceError() {
        assertThat(run(new IllegalStateException("DefaultCPUAllocator: can't allocate\nat x")))
                .isEqualTo(3);
        assertThat(err.toString())
                .contains("Out of memory for tensors: DefaultCPUAllocator")
                .doesNotContain("at x");
    }

    @Test
    void aLibraryThatCannotBeLoadedIsAnErrorOfTheMachine() {
        var missing = new NoClassDefFoundError("Could not initialize class org.bytedeco.pytorch.X");
        assertThat(run(missing)).isEqualTo(4);
        assertThat(err.toString()).contains("libtorch").contains("fix  ").doesNotContain("\tat ");
    }

    @Test
    void aMissingCudaLibraryNamesCuda() {
        var missing = new UnsatisfiedLinkError("org/bytedeco/cuda: libcudart.so.13: cannot open");
        assertThat(run(missing)).isEqualTo(4);
        assertThat(err.toString()).contains("fix  Install CUDA 13");
    }

    @Test
    void anyOtherMissingClassIsAFaultOfAttune() {
        assertThat(run(new NoClassDefFoundError("dev/attune/Lost"))).isEqualTo(70);
        assertThat(err.toString()).contains("please report").contains("dev/attune/Lost");
    }

    private int run(String... args) {
        return run(new IllegalStateException("unused"), args);
    }

    private int run(Throwable failure) {
        return run(failure, "fails");
    }

    private int run(Throwable failure, String... args) {
        CommandLine line = Attune.commandLine(new Fails(failure));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Attune.run(line, args);
    }

    /// A command that throws what it is given.
    @Command(name = "fails")
    private record Fails(Throwable failure) implements Runnable {
        @Override
        public void run() {
            switch (failure) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalArgumentException(failure);
            }
        }
    }

    private static CommandLine below(CommandLine line, String name) {
        return Objects.requireNonNull(line.getSubcommands().get(name));
    }
}
