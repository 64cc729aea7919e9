/// What tests of several modules share: where reference data lies, and whether native memory leaks.
@NullMarked
package dev.attune.testkit;

import org.jspecify.annotations.NullMarked;
