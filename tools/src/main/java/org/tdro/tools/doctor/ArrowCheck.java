package org.tdro.tools.doctor;

import java.util.List;
import org.apache.arrow.memory.RootAllocator;

/** Arrow reaches into direct buffers of Java, which must be opened to it. */
final class ArrowCheck implements Check {
  private static final int BYTES = 8;

  @Override
  public List<Finding> findings() {
    try (var allocator = new RootAllocator();
        var buffer = allocator.buffer(BYTES)) {
      buffer.setByte(0, BYTES);
      return buffer.nioBuffer(0, BYTES).get(0) == BYTES
          ? List.of(Finding.ok("Arrow", "reads and writes native memory"))
          : List.of(Finding.problem("Arrow", "reads other bytes than were written", ""));
    }
  }
}
