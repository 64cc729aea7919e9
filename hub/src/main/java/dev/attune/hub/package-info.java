/// The Hugging Face hub: files of models and data sets, fetched into the cache that Python tools
/// share.
@NullMarked
package dev.attune.hub;

import org.jspecify.annotations.NullMarked;
