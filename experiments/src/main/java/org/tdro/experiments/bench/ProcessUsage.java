package org.tdro.experiments.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicReference;

/** Processor time and memory that this process uses. */
final class ProcessUsage {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String ANONYMOUS = "RssAnon:";
  private static final long BETWEEN_MILLIS = 5;
  private static final double KIB_PER_MIB = 1024;

  private ProcessUsage() {}

  /** Returns the processor time of all threads so far, in nanoseconds; unlike the clock, it does not depend on other programs. */
  static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  /** Returns the number of running and waiting processes, averaged over a minute; negative if the system does not report it. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** Returns the resident memory in MiB; empty if there is no {@code /proc}. */
  static OptionalDouble residentMib() {
    return status("VmRSS:");
  }

  /** Returns the peak resident memory in MiB; empty if there is no {@code /proc}. */
  static OptionalDouble peakMib() {
    return status("VmHWM:");
  }

  /**
   * Returns the most memory in MiB that is of no file while something runs, asked for every few milliseconds; empty if there is no
   * {@code /proc}. Memory-mapped files do not count: the system drops their pages when it needs the room.
   */
  static OptionalDouble peakAnonymousMib(Runnable work) {
    var most = new AtomicReference<>(status(ANONYMOUS));
    var asking = new Thread(
        () -> {
          try {
            while (true) {
              most.accumulateAndGet(status(ANONYMOUS), ProcessUsage::larger);
              Thread.sleep(BETWEEN_MILLIS);
            }
          } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
          }
        },
        "memory");
    asking.setDaemon(true);
    asking.start();
    try {
      work.run();
    } finally {
      asking.interrupt();
    }
    return most.get();
  }

  private static OptionalDouble larger(OptionalDouble one, OptionalDouble other) {
    return other.orElse(0) > one.orElse(0) ? other : one;
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
