package org.tdro.tools.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/** Reports the memory of the machine, and whether native code may use it. */
final class MemoryCheck implements Check {
  private static final double GIB = 1L << 30;

  @Override
  public List<Finding> findings() {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    double total = system.getTotalMemorySize() / GIB;
    double free = system.getFreeMemorySize() / GIB;
    double heap = Runtime.getRuntime().maxMemory() / GIB;
    return List.of(
        Finding.ok(
                "memory", gib(total) + ", " + gib(free) + " unused; Java heap up to " + gib(heap))
            .with("memory_gib", total)
            .with("heap_gib", heap),
        nativeMemory(Pointer.maxPhysicalBytes()));
  }

  /** Judges the cap beyond which JavaCPP refuses allocations, by default a multiple of the heap; 0 for none. */
  static Finding nativeMemory(long cap) {
    return cap == 0
        ? Finding.ok("native memory", "not capped")
        : Finding.note(
            "native memory",
            "capped at " + gib(cap / GIB) + ", beyond which TensorFlow's tensors are refused",
            "start it with tools/tdro, or give Java -Dorg.bytedeco.javacpp.maxphysicalbytes=0");
  }

  private static String gib(double value) {
    return String.format(Locale.ROOT, "%.1f GiB", value);
  }
}
