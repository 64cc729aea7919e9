/// Speed and memory of whole runs, beside the ceiling measured in the same run.
///
/// ```
/// bench/run step                       bfloat16, LoRA r=16, 4 x 256 tokens; where the time goes
/// bench/run step --json --dtype float32
/// ```
///
/// Figures that were measured so stand in docs/benchmarks.md with their command. Nothing here is
/// shipped.
@NullMarked
package dev.attune.bench;

import org.jspecify.annotations.NullMarked;
