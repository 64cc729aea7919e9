/// To be written with the module's first content.
@NullMarked
package dev.attune.generate;

import org.jspecify.annotations.NullMarked;
