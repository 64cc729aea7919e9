package dev.attune.train;

/// How a run stands.
public enum RunState {
    /// It has a recipe, and nothing has happened.
    NOT_STARTED("not started"),
    /// A process is at it.
    RUNNING("running"),
    /// It has not ended, and no process is at it.
    INTERRUPTED("interrupted"),
    /// It did all its steps.
    FINISHED("finished"),
    /// The held-out loss stopped falling.
    STOPPED_EARLY("stopped early"),
    /// Somebody stopped it.
    STOPPED("stopped"),
    /// The loss or the gradient was no number.
    DIVERGED("diverged");

    private final String words;

    RunState(String words) {
        this.words = words;
    }

    /// The state as a person reads it.
    public String words() {
        return words;
    }
}
