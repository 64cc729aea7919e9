package dev.attune.hub;

import dev.attune.base.AttuneException;

import java.util.Arrays;
import java.util.regex.Pattern;

/// A repository of the hub at a revision: `hf:owner/name@revision`, or `hf:datasets/owner/name`.
///
/// @param kind what it holds
/// @param owner the user or organisation
/// @param name the repository's name
/// @param revision a branch, a tag or a commit; `main` unless one is given
public record HubReference(RepositoryKind kind, String owner, String name, String revision) {
    /// What a reference begins with.
    public static final String PREFIX = "hf:";

    private static final String DATASETS = "datasets/";
    private static final String MAIN = "main";
    private static final int MAX_NAME = 96;
    private static final int MAX_REVISION = 200;
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?");
    private static final Pattern REVISION_PART = Pattern.compile("[A-Za-z0-9_+][A-Za-z0-9._+-]*");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /// Refuses names that the hub does not have and that could lead out of the cache.
    ///
    /// @throws AttuneException if a part is none
    public HubReference {
        requireName("owner", owner);
        requireName("name", name);
        requireRevision(revision);
    }

    /// Whether a text is meant as a reference to the hub.
    public static boolean is(String text) {
        return text.startsWith(PREFIX);
    }

    /// Reads `hf:owner/name`, `hf:owner/name@revision` or either with `datasets/` before the owner.
    ///
    /// @throws AttuneException if it is none of these
    public static HubReference parse(String text) {
        if (!is(text)) {
            throw refused(text, "it does not begin with hf:");
        }
        String rest = text.substring(PREFIX.length());
        int at = rest.indexOf('@');
        String revision = at < 0 ? MAIN : rest.substring(at + 1);
        String path = at < 0 ? rest : rest.substring(0, at);
        boolean dataset =
                path.startsWith(DATASETS) && path.chars().filter(c -> c == '/').count() > 1;
        String id = dataset ? path.substring(DATASETS.length()) : path;
        String[] parts = id.split("/", -1);
        if (parts.length != 2) {
            throw refused(text, "it has " + parts.length + " parts, expected an owner and a name");
        }
        RepositoryKind kind = dataset ? RepositoryKind.DATASET : RepositoryKind.MODEL;
        return new HubReference(kind, parts[0], parts[1], revision);
    }

    /// The same repository at another revision.
    public HubReference at(String other) {
        return new HubReference(kind, owner, name, other);
    }

    /// `owner/name`.
    public String id() {
        return owner + "/" + name;
    }

    /// The repository without its revision: `hf:owner/name`.
    public String repository() {
        return PREFIX + kind.urlPrefix() + id();
    }

    /// The folder of the cache that holds it: `models--owner--name`.
    public String folderName() {
        return kind.plural() + "--" + owner + "--" + name;
    }

    /// Whether the revision is a whole commit hash, which never changes its files.
    public boolean isCommit() {
        return isCommit(revision);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /// As [#parse] reads it; without `@main`.
    @Override
    public String toString() {
        return revision.equals(MAIN) ? repository() : repository() + "@" + revision;
    }

    private static void requireName(String part, String text) {
        boolean fine =
                text.length() <= MAX_NAME
                        && NAME.matcher(text).matches()
                        && !text.contains("--")
                        && !text.contains("..");
        if (!fine) {
            throw refused(
                    shown(text),
                    "the "
                            + part
                            + " may have letters, digits, -, _ and . (neither -- nor .., and"
                            + " neither - nor . at an end), at most "
                            + MAX_NAME);
        }
    }

    private static void requireRevision(String revision) {
        boolean fine =
                revision.length() <= MAX_REVISION
                        && !revision.contains("..")
                        && Arrays.stream(revision.split("/", -1))
                                .allMatch(part -> REVISION_PART.matcher(part).matches());
        if (!fine) {
            throw AttuneException.user("'" + shown(revision) + "' is no revision.")
                    .fix("Give a branch, a tag or a commit: hf:owner/name@main.");
        }
    }

    private static AttuneException refused(String text, String why) {
        return AttuneException.user(
                        "'" + shown(text) + "' is no repository of the hub: " + why + ".")
                .fix("Write hf:owner/name or hf:owner/name@revision, as in hf:Qwen/Qwen3-0.6B.");
    }

    /// Without control characters, and short.
    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= 120 ? plain : plain.substring(0, 120) + "...";
    }
}
