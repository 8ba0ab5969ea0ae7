package org.tdro.huggingface.safetensors;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import org.tdro.huggingface.safetensors.Header.Entry;
import org.tdro.io.Problems;

/** Checks that tensors cover a file's data once: no byte belongs to two of them, and none to nobody. */
final class DataLayout {
  private DataLayout() {}

  /** Adds what is wrong with the places of {@code header}'s tensors in {@code dataBytes} bytes. */
  static void check(Path file, Header header, long dataBytes, Problems problems) {
    var entries = new ArrayList<>(header.entries());
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long covered = 0L;
    Entry last = null;
    Entry cut = null;
    int alsoCut = 0;
    for (var entry : entries) {
      if (entry.begin() < covered) {
        problems.add("%s: %s at [%d, %d] overlaps %s at [%d, %d]"
            .formatted(
                file,
                entry.spec(),
                entry.begin(),
                entry.end(),
                last.spec(),
                last.begin(),
                last.end()));
      } else if (entry.begin() > covered && header.complete()) {
        problems.add("%s: bytes %d to %d of the data, before %s, belong to no tensor"
            .formatted(file, covered, entry.begin(), entry.spec()));
      }
      if (entry.end() > dataBytes) {
        if (cut == null) {
          cut = entry;
        } else {
          alsoCut++;
        }
      }
      if (entry.end() >= covered) {
        covered = entry.end();
        last = entry;
      }
    }
    if (cut != null) {
      problems.add(
          "%s: its data end after %d bytes, %s goes to byte %d%s: it is cut, fetch it again"
              .formatted(
                  file,
                  dataBytes,
                  cut.spec(),
                  cut.end(),
                  alsoCut == 0 ? "" : " and " + alsoCut + " more tensors go beyond"));
    } else if (covered < dataBytes && header.complete()) {
      problems.add("%s: the last %d bytes of the file belong to no tensor"
          .formatted(file, dataBytes - covered));
    }
  }
}
