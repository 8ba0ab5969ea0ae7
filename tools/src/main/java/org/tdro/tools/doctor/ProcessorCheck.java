package org.tdro.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Reports the CPU, and whether it multiplies matrices fast. */
final class ProcessorCheck implements Check {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  @Override
  public List<Finding> findings() throws IOException {
    int processors = Runtime.getRuntime().availableProcessors();
    if (!Files.exists(CPUINFO)) {
      return List.of(Finding.note(
          "processor", processors + " processors; this system does not report their kind", ""));
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

  /**
   * A CPU as Linux describes it.
   *
   * @param model its name, or "unknown"
   * @param flags its features, as the kernel names them
   */
  record Processor(String model, Set<String> flags) {
    private static final List<String> VECTORS = List.of("avx2", "avx512f");
    private static final List<String> BF16 = List.of("avx512_bf16", "amx_bf16");

    /** Reads the first processor of the lines of {@code /proc/cpuinfo}. */
    static Processor parse(List<String> cpuinfo) {
      return new Processor(
          value(cpuinfo, "model name", "unknown"),
          Set.of(value(cpuinfo, "flags", "").split(" ")));
    }

    private static String value(List<String> cpuinfo, String key, String otherwise) {
      return cpuinfo.stream()
          .filter(line -> line.startsWith(key) && line.contains(":"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(otherwise);
    }

    /** Returns the features that matter to matrix products. */
    List<String> features() {
      return Stream.of(VECTORS, BF16, List.of("amx_tile"))
          .flatMap(List::stream)
          .filter(flags::contains)
          .toList();
    }

    boolean hasWideVectors() {
      return flags.contains("avx2");
    }

    /** Returns whether it multiplies bf16 numbers in hardware. */
    boolean hasBf16() {
      return BF16.stream().anyMatch(flags::contains);
    }
  }
}
