package dev.attune.train;

import dev.attune.train.TrainEvent.Drawn;
import dev.attune.train.TrainEvent.Evaluated;
import dev.attune.train.TrainEvent.Started;
import dev.attune.train.TrainEvent.Stepped;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// What the report says in words: one sentence, and a table of facts.
///
/// @param run what happened
record ReportFacts(ReportHistory run) {

    /// How the run went, in a sentence or two.
    String summary() {
        if (run.steps().isEmpty()) {
            return ending() + " It has done no step.";
        }
        Stepped last = run.steps().getLast();
        String text =
                "%s %s steps in %s; the training loss went from %s to %s."
                        .formatted(
                                ending(),
                                ReportText.count(last.step()),
                                ReportText.duration(run.stepSeconds() + run.evalSeconds()),
                                ReportText.number(run.steps().getFirst().loss()),
                                ReportText.number(last.loss()));
        return run.best()
                .map(best ->
                        "%s The lowest held-out loss was %s, after step %s."
                                .formatted(
                                        text,
                                        ReportText.number(best.loss()),
                                        ReportText.count(best.step())))
                .orElse(text);
    }

    /// Names and values, in the order in which they are shown.
    Map<String, String> table() {
        var facts = new LinkedHashMap<String, String>();
        facts.put("End", ending());
        facts.put("Steps", steps());
        run.started().ifPresent(started -> describe(facts, started));
        run.mixed()
                .ifPresent(mixed ->
                        mixed.sources()
                                .forEach(
                                        drawn -> facts.put("From " + drawn.source(), told(drawn))));
        if (!run.steps().isEmpty()) {
            facts.put("Epochs", ReportText.number(run.steps().getLast().epoch()));
            facts.put("Tokens", ReportText.count(run.tokens()));
            facts.put("Trained tokens", trained());
            facts.put("Time in steps", ReportText.duration(run.stepSeconds()));
            if (run.stepSeconds() > 0) {
                facts.put("Tokens per second", rate(run.tokens()) + " on average");
                facts.put("Trained tokens per second", rate(run.trainedTokens()) + " on average");
            }
        }
        if (!run.evaluations().isEmpty()) {
            facts.put("Time in judging", ReportText.duration(run.evalSeconds()));
        }
        run.best().ifPresent(best -> describe(facts, best));
        if (!run.checkpoints().isEmpty()) {
            facts.put(
                    "Checkpoints",
                    run.checkpoints().values().stream()
                            .map(saved -> String.valueOf(saved.folder().getFileName()))
                            .collect(Collectors.joining(", ")));
        }
        run.ended().ifPresent(e -> facts.put("Result", String.valueOf(e.result().getFileName())));
        run.diverged()
                .ifPresent(diverged -> {
                    facts.put("Diverged at step", ReportText.count(diverged.step()));
                    facts.put("Loss there", ReportText.number(diverged.loss()));
                    facts.put("Gradient norm there", ReportText.number(diverged.gradNorm()));
                    facts.put(
                            "Rows of that step",
                            diverged.rows().stream().limit(20).collect(Collectors.joining(", ")));
                });
        return facts;
    }

    private String ending() {
        return run.ended()
                .map(ended ->
                        switch (ended.reason()) {
                            case FINISHED -> "Finished all steps.";
                            case EARLY_STOPPING ->
                                    "Stopped early: the held-out loss no longer fell.";
                            case DIVERGED -> "Stopped: the loss or the gradient was no number.";
                            case STOPPED -> "Stopped by a person.";
                        })
                .orElse("Has not ended.");
    }

    private String steps() {
        String done = ReportText.count(run.steps().isEmpty() ? 0 : run.steps().getLast().step());
        return run.started()
                .map(started -> done + " of " + ReportText.count(started.steps()))
                .orElse(done);
    }

    private String trained() {
        long trained = run.trainedTokens();
        return run.tokens() == 0
                ? ReportText.count(trained)
                : "%s (%.0f %%)"
                        .formatted(ReportText.count(trained), 100.0 * trained / run.tokens());
    }

    private String rate(long tokens) {
        return ReportText.count(Math.round(tokens / run.stepSeconds()));
    }

    private static void describe(Map<String, String> facts, Started started) {
        facts.put("Rows", ReportText.count(started.trainRows()));
        facts.put("Held-out rows", ReportText.count(started.evalRows()));
        facts.put(
                "Trainable parameters",
                "%s of %s"
                        .formatted(
                                ReportText.count(started.trainableParameters()),
                                ReportText.count(started.parameters())));
    }

    private static String told(Drawn drawn) {
        return "%s rows, weight %s, seen %s times in the run"
                .formatted(
                        ReportText.count(drawn.rows()),
                        RecipeWriter.value(drawn.weight()),
                        ReportText.count(drawn.seen()));
    }

    private static void describe(Map<String, String> facts, Evaluated best) {
        facts.put("Lowest held-out loss", ReportText.number(best.loss()));
        facts.put("after step", ReportText.count(best.step()));
        facts.put(
                "Token accuracy there",
                ReportText.number(Math.round(1000 * best.tokenAccuracy()) / 10.0) + " %");
    }
}
