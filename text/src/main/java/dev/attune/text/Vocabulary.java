package dev.attune.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The tokens of a tokenizer by id and by text, and which of them were added to the model's own.
/// Immutable.
final class Vocabulary {
    private final List<Optional<String>> tokens;
    private final Map<String, Integer> ids;
    private final Map<Integer, String> added;
    private final BitSet special;

    private Vocabulary(
            List<Optional<String>> tokens,
            Map<String, Integer> ids,
            Map<Integer, String> added,
            BitSet special) {
        this.tokens = tokens;
        this.ids = ids;
        this.added = added;
        this.special = special;
    }

    /// The highest id and one.
    int size() {
        return tokens.size();
    }

    OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    Optional<String> token(int id) {
        return id < 0 || id >= tokens.size() ? Optional.empty() : tokens.get(id);
    }

    boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    /// What was added to the model's own tokens, by id; special ones or not.
    Map<Integer, String> added() {
        return added;
    }

    /// Collects tokens in any order. Not thread-safe.
    static final class Builder {
        private final Map<String, Integer> ids = new HashMap<>();
        private final Map<Integer, String> added = new HashMap<>();
        private final BitSet special = new BitSet();
        private int size;

        /// A token of the model.
        void add(String token, int id) {
            ids.put(token, id);
            size = Math.max(size, id + 1);
        }

        /// A token that is recognised in a text before the model sees it.
        void addAdded(String token, int id, boolean isSpecial) {
            add(token, id);
            added.put(id, token);
            special.set(id, isSpecial);
        }

        int count() {
            return ids.size();
        }

        Vocabulary build() {
            List<Optional<String>> tokens =
                    new ArrayList<>(Collections.nCopies(size, Optional.empty()));
            ids.forEach((token, id) -> tokens.set(id, Optional.of(token)));
            added.forEach((id, token) -> tokens.set(id, Optional.of(token)));
            return new Vocabulary(tokens, ids, Collections.unmodifiableMap(added), special);
        }
    }
}
