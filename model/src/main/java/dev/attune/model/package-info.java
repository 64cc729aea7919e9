/// To be written with the module's first content.
@NullMarked
package dev.attune.model;

import org.jspecify.annotations.NullMarked;
