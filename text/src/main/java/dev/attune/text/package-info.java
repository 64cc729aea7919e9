/// Tokenizers and chat templates: messages to token ids and back, with the text a model must learn.
@NullMarked
package dev.attune.text;

import org.jspecify.annotations.NullMarked;
