package org.tdro.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.Processes;
import org.tensorflow.TensorFlow;

/** With what a run was made: versions, the source's revision, memory. */
public final class Provenance {
  private static final Logger LOG = LoggerFactory.getLogger(Provenance.class);

  private Provenance() {}

  /** Versions of what computes, by name; {@code git} only where the sources' revision is known. Loads TensorFlow. */
  public static Map<String, String> versions() {
    var versions = new LinkedHashMap<String, String>();
    versions.put(
        "tdro",
        Optional.ofNullable(Provenance.class.getPackage().getImplementationVersion())
            .orElse("development"));
    versions.put("tensorflow", TensorFlow.version());
    versions.put("java", Runtime.version().toString());
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    versions.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    sourceRevision().ifPresent(revision -> versions.put("git", revision));
    return versions;
  }

  /** The revision of the checkout that {@code tdro.configs} lies in, with {@code -dirty} for uncommitted changes. */
  private static Optional<String> sourceRevision() {
    var configs = System.getProperty("tdro.configs");
    if (configs == null) {
      return Optional.empty();
    }
    var checkout = Path.of(configs).toAbsolutePath().getParent();
    return Processes.output(
            "git", "-C", checkout.toString(), "describe", "--always", "--dirty", "--abbrev=40")
        .map(String::strip);
  }

  /** Lets {@link #peakMemoryMiB} count from now on, where the system can. */
  public static void resetPeakMemory() {
    try {
      Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    } catch (IOException e) {
      LOG.debug("the peak of memory counts from the start of the process", e);
    }
  }

  /** The largest resident size of this process so far; null where the system does not tell. */
  static Long peakMemoryMiB() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }
}
