/// Training: one loop, with its optimizers, schedules, checkpoints and run folder.
@NullMarked
package dev.attune.train;

import org.jspecify.annotations.NullMarked;
