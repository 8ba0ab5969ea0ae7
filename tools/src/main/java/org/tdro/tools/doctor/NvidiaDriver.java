package org.tdro.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The driver of NVIDIA GPUs, by the traces that it leaves. */
final class NvidiaDriver {
  private static final Path VERSION = Path.of("/proc/driver/nvidia/version");
  private static final String TOOL = "nvidia-smi";

  private NvidiaDriver() {}

  /** What shows that it is installed. */
  static Optional<String> find() {
    if (Files.exists(VERSION)) {
      try {
        return Files.readAllLines(VERSION).stream().findFirst();
      } catch (IOException e) {
        return Optional.of(VERSION + " is there");
      }
    }
    return SearchPath.of("PATH").find(TOOL).map(Path::toString);
  }
}
