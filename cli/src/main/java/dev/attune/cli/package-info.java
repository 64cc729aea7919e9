/// To be written with the module's first content.
@NullMarked
package dev.attune.cli;

import org.jspecify.annotations.NullMarked;
