package dev.attune.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attune.testkit.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

@ExtendWith(LeakCheck.class)
class CpuTest {
    @TempDir private Path folder;

    @Test
    void readsVendorAndFlagsOfTheFirstProcessor() throws IOException {
        Path description = folder.resolve("cpuinfo");
        Files.writeString(
                description,
                """
                processor\t: 0
                vendor_id\t: AuthenticAMD
                model name\t: AMD EPYC: a name with a colon
                flags\t\t: fpu avx512f avx512_bf16
                vmx flags\t: vnmi

                processor\t: 1
                vendor_id\t: GenuineIntel
                flags\t\t: fpu
                """);
        assertThat(Cpu.of(description))
                .isEqualTo(new Cpu("AuthenticAMD", Set.of("fpu", "avx512f", "avx512_bf16")));
    }

    @Test
    void knowsNothingWhereTheSystemDoesNotTell() throws IOException {
        Path empty = folder.resolve("empty");
        Files.writeString(empty, "Processor without colons\n");
        Cpu nothing = new Cpu("", Set.of());
        assertThat(Cpu.of(empty)).isEqualTo(nothing);
        assertThat(Cpu.of(folder.resolve("absent"))).isEqualTo(nothing);
    }

    @ParameterizedTest
    @CsvSource({
        "GenuineIntel, avx512_bf16, false",
        "GenuineIntel, amx_bf16, true",
        "AuthenticAMD, avx512_bf16, true",
        "AuthenticAMD, avx2, false",
        "'', avx512_bf16, false"
    })
    void bfloat16IsFastWithMatrixUnitsAndOnVectorUnitsOfAmd(
            String vendor, String flag, boolean fast) {
        assertThat(new Cpu(vendor, Set.of(flag)).multipliesBfloat16Fast()).isEqualTo(fast);
    }

    @Test
    void theProcessorDecidesTheWayAttentionGoes() {
        Cpu fast = new Cpu("", Set.of("amx_bf16"));
        Cpu slow = new Cpu("", Set.of());
        try (var _ = Scope.open("test")) {
            Tensor narrow = Tensor.zeros(Dtype.BFLOAT16, Device.CPU, 1, 1);
            Tensor wide = Tensor.zeros(Dtype.FLOAT32, Device.CPU, 1, 1);
            assertThat(WideAttention.serves(narrow, 8, slow)).isTrue();
            assertThat(WideAttention.serves(narrow, 4096, fast)).isFalse();
            assertThat(WideAttention.serves(wide, 513, fast)).isTrue();
            assertThat(WideAttention.serves(wide, 512, fast)).isFalse();
            assertThat(WideAttention.servesNew(narrow, 127, slow)).isFalse();
            assertThat(WideAttention.servesNew(narrow, 128, slow)).isTrue();
        }
    }
}
