package dev.attune.base;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.Optional;

/// The one exception that a person is meant to read: what failed with what was found and what was
/// expected, where, and one next step.
///
/// ```
/// Cannot load model.layers.3.self_attn.q_proj.weight: shape [1024, 2048], expected [2048, 2048].
///   at   /models/qwen/model-00001-of-00002.safetensors
///   fix  num_attention_heads x head_dim in config.json must equal 1024.
/// ```
///
/// Errors of a programmer stay `IllegalArgumentException` and `IllegalStateException`. Immutable:
/// [#at], [#fix] and [#causedBy] return a new exception.
public final class AttuneException extends RuntimeException {
    private final ErrorKind kind;
    private final String what;
    private final @Nullable String where;
    private final @Nullable String fix;

    private AttuneException(
            ErrorKind kind,
            String what,
            @Nullable String where,
            @Nullable String fix,
            @Nullable Throwable cause) {
        super(render(what, where, fix), cause);
        this.kind = kind;
        this.what = what;
        this.where = where;
        this.fix = fix;
    }

    /// An error the caller can mend.
    public static AttuneException user(String what) {
        return new AttuneException(ErrorKind.USER, what, null, null, null);
    }

    /// Memory, disk or time ran out.
    public static AttuneException resources(String what) {
        return new AttuneException(ErrorKind.RESOURCES, what, null, null, null);
    }

    /// The machine or a remote party lacks something.
    public static AttuneException environment(String what) {
        return new AttuneException(ErrorKind.ENVIRONMENT, what, null, null, null);
    }

    /// A fault of Attune itself.
    public static AttuneException internal(String what) {
        return new AttuneException(ErrorKind.INTERNAL, what, null, null, null);
    }

    /// The same error at a place: a file, `file:line`, a tensor, a key.
    public AttuneException at(Object place) {
        return new AttuneException(kind, what, place.toString(), fix, getCause());
    }

    /// The same error with the one next step.
    public AttuneException fix(String step) {
        return new AttuneException(kind, what, where, step, getCause());
    }

    /// The same error with what lies beneath it, for the log.
    public AttuneException causedBy(Throwable cause) {
        return new AttuneException(kind, what, where, fix, Objects.requireNonNull(cause));
    }

    /// Who must act.
    public ErrorKind kind() {
        return kind;
    }

    /// What failed, with what was found and expected.
    public String what() {
        return what;
    }

    /// Where it failed, if there is a place.
    public Optional<String> where() {
        return Optional.ofNullable(where);
    }

    /// The next step, if there is one.
    public Optional<String> fix() {
        return Optional.ofNullable(fix);
    }

    private static String render(String what, @Nullable String where, @Nullable String fix) {
        StringBuilder text = new StringBuilder(what);
        if (where != null) {
            text.append("\n  at   ").append(where);
        }
        if (fix != null) {
            text.append("\n  fix  ").append(fix);
        }
        return text.toString();
    }
}
