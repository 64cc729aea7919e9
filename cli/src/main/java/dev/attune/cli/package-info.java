/// The `attune` command: arguments in, exit codes out, and the only place that sees either.
///
/// ```
/// attune doctor --json
///    |      |
///    |      one class a command: Doctor, ...; a subcommand of Attune
///    Attune: parses, runs, and turns an exception into a message and an exit code
/// ```
///
/// A command is a picocli class named after itself. It writes its result to `out()`, the writer of
/// its own command line, so that tests can read it; progress and logs go to `err()`. With `--json`
/// it writes one JSON value and nothing else.
///
/// Invariants:
/// - Standard output, the environment and exit codes are touched in this package only.
/// - A person reads a message, not a stack trace, unless the fault is Attune's own.
/// - Every command shows an example at the end of its `--help`.
@NullMarked
package dev.attune.cli;

import org.jspecify.annotations.NullMarked;
