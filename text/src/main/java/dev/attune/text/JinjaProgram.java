package dev.attune.text;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// A template that has been read.
///
/// @param body its statements
/// @param hidden the names that are hidden at the start of a block, by the block itself; see
///   [JinjaSymbols]
record JinjaProgram(
        List<JinjaStatement> body, IdentityHashMap<List<JinjaStatement>, Set<String>> hidden) {
    static JinjaProgram parse(String normalized) {
        List<JinjaStatement> body = JinjaParser.parse(normalized);
        return new JinjaProgram(body, JinjaSymbols.hidden(body));
    }
}
