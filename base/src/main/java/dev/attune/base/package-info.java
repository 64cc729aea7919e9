/// The shared words of every room: an error that says who must act, problems that are collected and
/// told together, and the nearest known name for a misspelt one.
///
/// ```
/// throw AttuneException.user("Unknown architecture PhiForCausalLM.")
///         .at(folder.resolve("config.json"))
///         .fix("Attune knows Phi3ForCausalLM among others; see docs/howto/add-a-family.md.");
/// ```
///
/// Invariants: this package imports the JDK only, and holds at most twelve types.
@NullMarked
package dev.attune.base;

import org.jspecify.annotations.NullMarked;
