package org.tdro.tools.doctor;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tdro.io.Processes;

/**
 * The places where the dynamic linker looks for the libraries that TensorFlow 2.18 needs to show a GPU.
 *
 * @param path the folders that it searches first
 * @param linked names in its cache
 */
record CudaLibraries(SearchPath path, Set<String> linked) {
  /** The driver's library, then those of CUDA 12 and cuDNN 9, some of which have version numbers of their own. */
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

  /** Returns the places that {@code LD_LIBRARY_PATH} and {@code ldconfig} name. */
  static CudaLibraries standard() {
    return new CudaLibraries(SearchPath.of("LD_LIBRARY_PATH"), linkerCache());
  }

  /** Returns the libraries that are found nowhere. */
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

  /** Returns the names that {@code ldconfig -p} lists: {@code libc.so.6} of {@code "\tlibc.so.6 (libc6,x86-64) => /lib/…"}. */
  static Set<String> names(String ldconfig) {
    return ldconfig
        .lines()
        .filter(line -> line.startsWith("\t") && line.contains(" "))
        .map(line -> line.substring(1, line.indexOf(' ')))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Folders that are searched in order. */
  record SearchPath(List<Path> folders) {
    /** Returns the folders in an environment variable; none if it is not set. */
    static SearchPath of(String variable) {
      var value = Optional.ofNullable(System.getenv(variable)).orElse("");
      return new SearchPath(Arrays.stream(value.split(File.pathSeparator))
          .filter(folder -> !folder.isEmpty())
          .map(Path::of)
          .toList());
    }

    Optional<Path> find(String file) {
      return folders.stream()
          .map(folder -> folder.resolve(file))
          .filter(Files::exists)
          .findFirst();
    }
  }
}
