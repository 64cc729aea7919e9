/// A tuned model in the formats of others.
@NullMarked
package dev.attune.export;

import org.jspecify.annotations.NullMarked;
