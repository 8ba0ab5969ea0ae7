package org.tdro.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;

/** Checks that the folders that commands write are writable and have space. */
final class FoldersCheck implements Check {
  /** The size of TensorFlow's libraries when they are unpacked; those for GPUs take more. */
  private static final double NATIVES_GIB = 1;

  private static final double GIB = 1L << 30;

  private final Path cache;

  FoldersCheck(Path cache) {
    this.cache = cache;
  }

  @Override
  public List<Finding> findings() throws IOException {
    return List.of(
        of("temporary files", Path.of(System.getProperty("java.io.tmpdir")), "set TMPDIR", 0.1),
        of(
            "native libraries",
            Loader.getCacheDir().toPath(),
            "set -Dorg.bytedeco.javacpp.cachedir=DIR in TDRO_JAVA_OPTS",
            NATIVES_GIB),
        of("cache of rows", cache, "set data.cache", NATIVES_GIB));
  }

  /**
   * Checks one folder.
   *
   * @param spaceGib free space below which a note is given
   */
  static Finding of(String subject, Path folder, String advice, double spaceGib)
      throws IOException {
    var existing = folder.toAbsolutePath();
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!writable(existing)) {
      return Finding.problem(subject, existing + " cannot be written", advice);
    }
    double space = Files.getFileStore(existing).getUsableSpace() / GIB;
    var found = String.format(Locale.ROOT, "%s, %.1f GiB free", folder, space);
    var finding =
        space < spaceGib ? Finding.note(subject, found, advice) : Finding.ok(subject, found);
    return finding.with("free_gib", space);
  }

  /** Returns whether a file can be created; permissions alone do not tell, since a read-only mount may grant them. */
  private static boolean writable(Path folder) {
    try {
      Files.delete(Files.createTempFile(folder, "tdro-doctor", null));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
