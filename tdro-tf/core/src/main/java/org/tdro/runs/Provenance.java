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
import org.tdro.keras.Device;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.ConfigProto;

/** Software and hardware that a run was made with: versions, the revision of the sources, memory. */
public final class Provenance {
  private static final Logger LOG = LoggerFactory.getLogger(Provenance.class);

  private Provenance() {}

  /** Returns versions by name, with {@code git} only if the revision of the sources is known. Loads TensorFlow. */
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

  /**
   * Returns what else the last bits of a result depend on, by name: {@code cpu} and {@code instructions} if the system reports them,
   * {@code gpus} if there are any, {@code onednn} if the environment does not leave it to TensorFlow.
   *
   * @param session the options by which the devices are found
   */
  static Map<String, String> machine(ConfigProto session) {
    var machine = new LinkedHashMap<String, String>();
    Processor.here().ifPresent(processor -> {
      machine.put("cpu", processor.model());
      machine.put("instructions", String.join(" ", processor.features()));
    });
    long gpus = Device.visible(session).stream().filter(Device::isGpu).count();
    if (gpus > 0) {
      machine.put("gpus", Long.toString(gpus));
    }
    Optional.ofNullable(System.getenv("TF_ENABLE_ONEDNN_OPTS"))
        .ifPresent(choice -> machine.put("onednn", choice));
    return machine;
  }

  /** Returns the revision of the checkout that holds {@code tdro.configs}, with {@code -dirty} if it has uncommitted changes. */
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

  /** Resets the peak that {@link #peakMemoryMiB} reports, if the system supports it. */
  public static void resetPeakMemory() {
    try {
      Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    } catch (IOException e) {
      LOG.debug("the peak of memory counts from the start of the process", e);
    }
  }

  /** Returns the largest resident size of this process so far; null if the system does not report it. */
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
