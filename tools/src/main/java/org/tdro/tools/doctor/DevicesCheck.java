package org.tdro.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tdro.keras.Device;
import org.tensorflow.proto.ConfigProto;

/** Reports the devices that TensorFlow sees and, if there is no GPU among them, what is missing for one. */
final class DevicesCheck implements Check {
  private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");
  private static final String DRIVER_TOOL = "nvidia-smi";

  private final ConfigProto options;
  private final boolean requireGpu;

  DevicesCheck(ConfigProto options, boolean requireGpu) {
    this.options = options;
    this.requireGpu = requireGpu;
  }

  @Override
  public List<Finding> findings() {
    var devices = Device.visible(options);
    var findings = new ArrayList<Finding>();
    findings.add(Finding.ok(
        "devices", devices.stream().map(DevicesCheck::describe).collect(Collectors.joining(", "))));
    if (devices.stream().anyMatch(Device::isGpu)) {
      findings.add(Finding.ok("GPU", "TensorFlow sees one"));
      return findings;
    }
    findings.add(lacking(
        "GPU",
        "TensorFlow sees none",
        "the next lines say what is missing; until then, training runs on the CPU"));
    findings.add(
        Device.builtForGpu()
            ? Finding.ok("GPU build", "this build has operations for GPUs")
            : lacking("GPU build", "this build is for CPUs", "build it with TDRO_PROFILE=gpu"));
    findings.add(driver()
        .map(driver -> Finding.ok("GPU driver", driver))
        .orElseGet(() -> lacking(
            "GPU driver",
            "neither /proc/driver/nvidia nor nvidia-smi is there",
            "install the NVIDIA driver; in a container, start it with the GPUs")));
    var missing = CudaLibraries.standard().missing();
    findings.add(
        missing.isEmpty()
            ? Finding.ok("GPU libraries", "the libraries of CUDA 12 and cuDNN 9 are there")
            : lacking(
                "GPU libraries",
                "not found: " + String.join(", ", missing),
                "install CUDA 12 and cuDNN 9, and name their folders in LD_LIBRARY_PATH"));
    return findings;
  }

  private Finding lacking(String subject, String found, String advice) {
    return requireGpu
        ? Finding.problem(subject, found, advice)
        : Finding.note(subject, found, advice);
  }

  private static String describe(Device device) {
    var name = device.name();
    return name.substring(name.lastIndexOf("device:") + "device:".length());
  }

  /** Returns a trace of an installed NVIDIA driver. */
  private static Optional<String> driver() {
    if (Files.exists(DRIVER)) {
      try {
        return Files.readAllLines(DRIVER).stream().findFirst();
      } catch (IOException e) {
        return Optional.of(DRIVER + " is there");
      }
    }
    return CudaLibraries.SearchPath.of("PATH").find(DRIVER_TOOL).map(Path::toString);
  }
}
