package dev.attune.base;

/// Who must act on an error, which decides its exit code and its HTTP status.
public enum ErrorKind {
    /// The caller gave something that cannot work: a file, a flag, a recipe, a request.
    USER(2, 400),
    /// Memory, disk or time ran out.
    RESOURCES(3, 503),
    /// The machine lacks something: a driver, a right, a reachable server.
    ENVIRONMENT(4, 502),
    /// A fault of Attune itself.
    INTERNAL(70, 500);

    private final int exitCode;
    private final int httpStatus;

    ErrorKind(int exitCode, int httpStatus) {
        this.exitCode = exitCode;
        this.httpStatus = httpStatus;
    }

    /// The exit code of a command that ends with an error of this kind.
    public int exitCode() {
        return exitCode;
    }

    /// The HTTP status of a request that ends with an error of this kind.
    public int httpStatus() {
        return httpStatus;
    }
}
