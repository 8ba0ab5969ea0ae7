package org.tdro.experiments.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** What this process takes from the machine. */
final class ProcessUsage {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final double KIB_PER_MIB = 1024;

  private ProcessUsage() {}

  /** Processor time of all threads so far, in nanoseconds: unlike the clock, it does not depend on who else computes. */
  static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  /** Processes that wait for a processor or have one, averaged over a minute; negative where the system does not tell. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** Resident memory in MiB; empty where there is no {@code /proc}. */
  static OptionalDouble residentMib() {
    return status("VmRSS:");
  }

  /** The most resident memory so far, in MiB; empty where there is no {@code /proc}. */
  static OptionalDouble peakMib() {
    return status("VmHWM:");
  }

  private static OptionalDouble status(String key) {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / KIB_PER_MIB)
          .findFirst();
    } catch (IOException notLinux) {
      return OptionalDouble.empty();
    }
  }
}
