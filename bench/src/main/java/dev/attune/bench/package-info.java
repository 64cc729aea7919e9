/// To be written with the module's first content.
@NullMarked
package dev.attune.bench;

import org.jspecify.annotations.NullMarked;
