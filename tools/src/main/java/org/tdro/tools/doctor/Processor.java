package org.tdro.tools.doctor;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A CPU as Linux describes it.
 *
 * @param model its name
 * @param flags what it can do, in the kernel's words
 */
record Processor(String model, Set<String> flags) {
  private static final List<String> VECTORS = List.of("avx2", "avx512f");
  private static final List<String> BF16 = List.of("avx512_bf16", "amx_bf16");

  /** Of the first processor in {@code /proc/cpuinfo}. */
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

  /** Which of the features that matter to matrix products it has. */
  List<String> features() {
    return Stream.of(VECTORS, BF16, List.of("amx_tile"))
        .flatMap(List::stream)
        .filter(flags::contains)
        .toList();
  }

  boolean hasWideVectors() {
    return flags.contains("avx2");
  }

  /** Whether it multiplies bf16 numbers itself. */
  boolean hasBf16() {
    return BF16.stream().anyMatch(flags::contains);
  }
}
