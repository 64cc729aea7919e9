package dev.attune.hub;

/// What a repository of the hub holds.
public enum RepositoryKind {
    MODEL("models", ""),
    DATASET("datasets", "datasets/");

    private final String plural;
    private final String urlPrefix;

    RepositoryKind(String plural, String urlPrefix) {
        this.plural = plural;
        this.urlPrefix = urlPrefix;
    }

    /// The word in the hub's API and in the cache's folder names.
    String plural() {
        return plural;
    }

    /// What stands before `owner/name` in the addresses of pages and files.
    String urlPrefix() {
        return urlPrefix;
    }
}
