package org.tdro.huggingface.safetensors;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.tdro.io.Problems;

/**
 * The content of a header.
 *
 * @param entries tensors in the order of the header, their names different
 * @param complete whether all of the header's tensors are here; those with unusable entries are not
 */
record Header(Map<String, String> metadata, List<Entry> entries, boolean complete) {
  /**
   * A tensor and where its bytes are said to be.
   *
   * @param begin first byte, counted from the end of the header
   * @param end byte after the last
   */
  record Entry(TensorSpec spec, long begin, long end) {}

  /**
   * Checks that the tensors cover the data once: every byte belongs to exactly one of them.
   *
   * @param dataBytes bytes of the file after the header
   * @param problems gets what is wrong with the places of tensors
   */
  void checkLayout(Path file, long dataBytes, Problems problems) {
    var sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long covered = 0L;
    Entry last = null;
    Entry cut = null;
    int alsoCut = 0;
    for (var entry : sorted) {
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
      } else if (entry.begin() > covered && complete) {
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
    } else if (covered < dataBytes && complete) {
      problems.add("%s: the last %d bytes of the file belong to no tensor"
          .formatted(file, dataBytes - covered));
    }
  }
}
