/// To be written with the module's first content.
@NullMarked
package dev.attune.tensor;

import org.jspecify.annotations.NullMarked;
