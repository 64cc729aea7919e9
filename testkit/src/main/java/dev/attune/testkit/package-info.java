/// To be written with the module's first content.
@NullMarked
package dev.attune.testkit;

import org.jspecify.annotations.NullMarked;
