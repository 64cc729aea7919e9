package dev.attune.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class AlikePairsTest {
    @Test
    void givesBackEveryPairAsItWasAdded() {
        int last = (1 << 28) - 1;
        List<AlikeRows.Pair> added = new ArrayList<>();
        for (Likeness likeness : Likeness.values()) {
            added.add(new AlikeRows.Pair(0, 1, likeness, false, true));
            added.add(new AlikeRows.Pair(last - 1, last, likeness, true, false));
            added.add(new AlikeRows.Pair(7, last, likeness, true, true));
        }
        AlikePairs pairs = new AlikePairs();
        added.forEach(pairs::add);

        assertThat(pairs).containsExactlyElementsOf(added);
        assertThat(pairs.size()).isEqualTo(added.size());
    }
}
