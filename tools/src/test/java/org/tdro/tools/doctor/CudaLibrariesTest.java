package org.tdro.tools.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaLibrariesTest {
  private static final String LDCONFIG = """
      2 libs found in cache `/etc/ld.so.cache'
      \tlibcuda.so.1 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcuda.so.1
      \tlibcudart.so.11.0 (libc6,x86-64) => /usr/local/cuda-11/lib64/libcudart.so.11.0
      """;

  @TempDir
  Path folder;

  @Test
  void theLinkersCacheIsRead() {
    assertThat(CudaLibraries.names(LDCONFIG))
        .containsExactlyInAnyOrder("libcuda.so.1", "libcudart.so.11.0");
  }

  @Test
  void whatNeitherCacheNorPathHasIsMissing() throws IOException {
    Files.createFile(folder.resolve("libcudnn.so.9"));
    Files.createFile(folder.resolve("libcublas.so.11"));
    var libraries = new CudaLibraries(
        new CudaLibraries.SearchPath(List.of(folder.resolve("absent"), folder)),
        Set.of("libcuda.so.1"));
    assertThat(libraries.missing())
        .contains("libcudart.so.12", "libcublas.so.12")
        .doesNotContain("libcuda.so.1", "libcudnn.so.9")
        .hasSize(CudaLibraries.NEEDED.size() - 2);
  }
}
