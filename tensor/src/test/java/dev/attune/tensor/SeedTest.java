package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

class SeedTest {
    /// The first numbers of SplitMix64 from 0, as its authors' program prints them.
    @Test
    void seedsOfNumbersAreThoseOfSplitMix64() {
        Seed zero = new Seed(0);
        assertThat(zero.with(0).value()).isEqualTo(0xe220a8397b1dcdafL);
        assertThat(zero.with(1).value()).isEqualTo(0x6e789e6aa1b965f4L);
        assertThat(zero.with(2).value()).isEqualTo(0x06c45d188009454fL);
    }

    @Test
    void namesAndNumbersLeadToDifferentSeeds() {
        Set<Long> seen = new HashSet<>();
        for (long value = -50; value < 50; value++) {
            for (int part = 0; part < 50; part++) {
                seen.add(new Seed(value).with(part).value());
                seen.add(new Seed(value).with("layers." + part + ".q_proj").value());
            }
        }
        assertThat(seen).hasSize(2 * 100 * 50);
    }

    @Test
    void theSameWayLeadsToTheSameSeed() {
        assertThat(new Seed(7).with("a").with(3)).isEqualTo(new Seed(7).with("a").with(3));
        assertThat(new Seed(7).with("a").with(3)).isNotEqualTo(new Seed(7).with(3).with("a"));
    }
}
