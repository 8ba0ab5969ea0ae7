package org.tdro.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A CPU as Linux describes it.
 *
 * @param model its name, or "unknown"
 * @param flags its features, as the kernel names them
 */
public record Processor(String model, Set<String> flags) {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final List<String> VECTORS = List.of("avx2", "avx512f");
  private static final List<String> BF16 = List.of("avx512_bf16", "amx_bf16");

  /** Returns the first processor of this machine; empty if the system does not describe it. */
  public static Optional<Processor> here() {
    try {
      return Files.exists(CPUINFO)
          ? Optional.of(parse(Files.readAllLines(CPUINFO)))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Reads the first processor of the lines of {@code /proc/cpuinfo}. */
  public static Processor parse(List<String> cpuinfo) {
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

  /** Returns the features that matter to matrix products, and so decide how sums are taken. */
  public List<String> features() {
    return Stream.of(VECTORS, BF16, List.of("amx_tile"))
        .flatMap(List::stream)
        .filter(flags::contains)
        .toList();
  }

  /** Returns whether it adds and multiplies eight numbers at once. */
  public boolean hasWideVectors() {
    return flags.contains("avx2");
  }

  /** Returns whether it multiplies bf16 numbers in hardware. */
  public boolean hasBf16() {
    return BF16.stream().anyMatch(flags::contains);
  }
}
