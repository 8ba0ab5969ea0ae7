package org.tdro.tools.doctor;

import java.util.List;
import org.tdro.runs.Processor;

/** Reports the CPU, and whether it multiplies matrices fast. */
final class ProcessorCheck implements Check {
  @Override
  public List<Finding> findings() {
    int processors = Runtime.getRuntime().availableProcessors();
    var here = Processor.here();
    if (here.isEmpty()) {
      return List.of(Finding.note(
          "processor", processors + " processors; this system does not report their kind", ""));
    }
    var processor = here.get();
    return List.of(
        Finding.ok("processor", processor.model() + ", " + processors + " processors")
            .with("processors", processors),
        vectors(processor),
        bf16(processor));
  }

  static Finding vectors(Processor processor) {
    return processor.hasWideVectors()
        ? Finding.ok("vectors", String.join(", ", processor.features()))
        : Finding.note("vectors", "no avx2", "training works and will be slow on this processor");
  }

  static Finding bf16(Processor processor) {
    return processor.hasBf16()
        ? Finding.ok("bf16", "the processor multiplies bf16 itself: such products are fast here")
        : Finding.note(
            "bf16",
            "neither avx512_bf16 nor amx_bf16: bf16 products are emulated and slow here",
            "compute in fp32 on this processor");
  }
}
