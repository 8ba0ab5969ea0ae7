package org.tdro.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the CPU is and what that means for matrix products. */
final class ProcessorCheck implements Check {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  @Override
  public List<Finding> findings() throws IOException {
    int processors = Runtime.getRuntime().availableProcessors();
    if (!Files.exists(CPUINFO)) {
      return List.of(Finding.note(
          "processor", processors + " processors, of a kind that this system does not tell", ""));
    }
    var processor = Processor.parse(Files.readAllLines(CPUINFO));
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
