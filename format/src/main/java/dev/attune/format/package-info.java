/// To be written with the module's first content.
@NullMarked
package dev.attune.format;

import org.jspecify.annotations.NullMarked;
