package dev.attune.train;

import dev.attune.base.AttuneException;
import dev.attune.base.Nearest;
import dev.attune.tensor.Adafactor;
import dev.attune.tensor.Adagrad;
import dev.attune.tensor.AdamW;
import dev.attune.tensor.Lion;
import dev.attune.tensor.OptimizerRule;
import dev.attune.tensor.RmsProp;
import dev.attune.tensor.Sgd;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// The optimizers, by transformers' names (`optim`). Names that differ only in whose kernel does
/// the work, or where its state lies, mean the same.
public enum OptimizerKind {
    ADAMW(
            "adamw_torch",
            "adamw",
            "adamw_torch_fused",
            "adamw_hf",
            "adamw_apex_fused",
            "adamw_torch_xla",
            "adamw_torch_npu_fused",
            "paged_adamw",
            "paged_adamw_32bit"),
    SGD("sgd"),
    ADAFACTOR("adafactor"),
    LION("lion_32bit", "lion", "paged_lion", "paged_lion_32bit"),
    RMSPROP("rmsprop"),
    ADAGRAD("adagrad");

    private final String recipeName;
    private final String aliases;

    OptimizerKind(String recipeName, String... aliases) {
        this.recipeName = recipeName;
        this.aliases = String.join(" ", aliases);
    }

    /// The name in a recipe.
    public String recipeName() {
        return recipeName;
    }

    /// Other names for the same.
    public List<String> aliases() {
        return aliases.isEmpty() ? List.of() : List.of(aliases.split(" ", -1));
    }

    /// The optimizer of that name or alias.
    ///
    /// @throws AttuneException if there is none, with the nearest
    public static OptimizerKind named(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.names().anyMatch(name::equals))
                .findFirst()
                .orElseThrow(() -> refusal(name));
    }

    private Stream<String> names() {
        return Stream.concat(Stream.of(recipeName), aliases().stream());
    }

    private static AttuneException refusal(String name) {
        if (name.contains("8bit") || name.contains("4bit")) {
            return AttuneException.user(
                            "optim " + name + " keeps quantised state, which is not supported.")
                    .fix("Use adafactor for little memory, or adamw_torch or lion_32bit.");
        }
        List<String> main = Arrays.stream(values()).map(OptimizerKind::recipeName).toList();
        AttuneException unknown =
                AttuneException.user(
                        "Unknown optim '%s', expected one of: %s."
                                .formatted(name, String.join(", ", main)));
        List<String> all = Arrays.stream(values()).flatMap(OptimizerKind::names).toList();
        return Nearest.to(name, all)
                .map(nearest -> unknown.fix("Did you mean " + nearest + "?"))
                .orElse(unknown);
    }

    /// The rule with the numbers of a recipe.
    ///
    /// @throws AttuneException if a number is out of range or `optim_args` has what this optimizer
    ///   does not know
    public OptimizerRule rule(OptimizerSettings settings) {
        NamedArguments given = new NamedArguments("optim " + recipeName, settings.optimArgs());
        try {
            OptimizerRule rule = rule(settings, given);
            given.refuseOthers();
            return rule;
        } catch (IllegalArgumentException e) {
            throw AttuneException.user("optim " + recipeName + ": " + e.getMessage() + ".")
                    .causedBy(e);
        }
    }

    private OptimizerRule rule(OptimizerSettings settings, NamedArguments given) {
        double decay = settings.weightDecay();
        return switch (this) {
            case ADAMW ->
                    new AdamW(
                            settings.adamBeta1(),
                            settings.adamBeta2(),
                            settings.adamEpsilon(),
                            decay,
                            given.flag("amsgrad", false));
            case SGD ->
                    new Sgd(
                            given.number("momentum", 0),
                            given.number("dampening", 0),
                            given.flag("nesterov", false),
                            decay);
            case ADAFACTOR -> adafactor(decay, given);
            case LION -> new Lion(settings.adamBeta1(), settings.adamBeta2(), decay);
            case RMSPROP ->
                    new RmsProp(
                            given.number("alpha", 0.99),
                            given.number("eps", 1e-8),
                            given.number("momentum", 0),
                            decay);
            case ADAGRAD -> new Adagrad(given.number("eps", 1e-10), decay);
        };
    }

    /// With the Trainer's defaults, which take the schedule's rate and do not scale it.
    private static Adafactor adafactor(double decay, NamedArguments given) {
        boolean relative = given.flag("relative_step", false);
        boolean warmup = given.flag("warmup_init", false);
        if (warmup && !relative) {
            throw new IllegalArgumentException("warmup_init needs relative_step");
        }
        Adafactor.StepSize stepSize = Adafactor.StepSize.GIVEN;
        if (relative) {
            stepSize =
                    warmup ? Adafactor.StepSize.RELATIVE_WITH_WARMUP : Adafactor.StepSize.RELATIVE;
        }
        OptionalDouble betaOne =
                given.number("beta1").stream().mapToDouble(beta -> beta).findFirst();
        return new Adafactor(
                1e-30,
                1e-3,
                given.number("clip_threshold", 1),
                given.number("decay_rate", -0.8),
                betaOne,
                decay,
                stepSize,
                given.flag("scale_parameter", false));
    }
}
