/// Data sets: rows of any file to packed token sequences.
@NullMarked
package dev.attune.data;

import org.jspecify.annotations.NullMarked;
