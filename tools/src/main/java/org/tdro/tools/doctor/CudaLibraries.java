package org.tdro.tools.doctor;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tdro.io.Processes;

/**
 * The libraries that TensorFlow 2.18 opens before it shows a GPU, where the dynamic linker looks for them.
 *
 * @param path looked through first
 * @param linked names that the linker's cache knows
 */
record CudaLibraries(SearchPath path, Set<String> linked) {
  /** The driver's, then those of CUDA 12 and cuDNN 9; some have version numbers of their own. */
  static final List<String> NEEDED = List.of(
      "libcuda.so.1",
      "libcudart.so.12",
      "libcublas.so.12",
      "libcublasLt.so.12",
      "libcufft.so.11",
      "libcusolver.so.11",
      "libcusparse.so.12",
      "libcudnn.so.9");

  private static final List<String> LDCONFIG = List.of("ldconfig", "/sbin/ldconfig");

  /** By {@code LD_LIBRARY_PATH} and {@code ldconfig}. */
  static CudaLibraries standard() {
    return new CudaLibraries(SearchPath.of("LD_LIBRARY_PATH"), linkerCache());
  }

  List<String> missing() {
    return NEEDED.stream()
        .filter(name -> !linked.contains(name) && path.find(name).isEmpty())
        .toList();
  }

  private static Set<String> linkerCache() {
    return LDCONFIG.stream()
        .map(command -> Processes.output(command, "-p"))
        .flatMap(Optional::stream)
        .findFirst()
        .map(CudaLibraries::names)
        .orElse(Set.of());
  }

  /** {@code libc.so.6} of {@code "\tlibc.so.6 (libc6,x86-64) => /lib/…"}. */
  static Set<String> names(String ldconfig) {
    return ldconfig
        .lines()
        .filter(line -> line.startsWith("\t") && line.contains(" "))
        .map(line -> line.substring(1, line.indexOf(' ')))
        .collect(Collectors.toUnmodifiableSet());
  }
}
