package org.tdro.tools.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tdro.runs.Processor;
import org.tdro.tools.doctor.Finding.Status;

class ProcessorCheckTest {
  private static Processor with(String flags) {
    return Processor.parse(List.of(
        "processor\t: 0", "model name\t: Some CPU @ 2: fast", "flags\t\t: fpu " + flags, ""));
  }

  @Test
  void readsTheKernelsDescription() {
    var processor = with("avx2 avx512f amx_tile");
    assertThat(processor.model()).isEqualTo("Some CPU @ 2: fast");
    assertThat(processor.features()).containsExactly("avx2", "avx512f", "amx_tile");
  }

  @Test
  void eitherInstructionSetMultipliesBf16() {
    assertThat(ProcessorCheck.bf16(with("avx512_bf16")).status()).isEqualTo(Status.OK);
    assertThat(ProcessorCheck.bf16(with("amx_bf16")).status()).isEqualTo(Status.OK);
    assertThat(ProcessorCheck.bf16(with("avx512f")).status()).isEqualTo(Status.NOTE);
  }

  @Test
  void anUnknownDescriptionHasNoFeatures() {
    var processor = Processor.parse(List.of("CPU part : 0xd0c"));
    assertThat(processor.model()).isEqualTo("unknown");
    assertThat(processor.features()).isEmpty();
    assertThat(ProcessorCheck.vectors(processor).status()).isEqualTo(Status.NOTE);
  }
}
