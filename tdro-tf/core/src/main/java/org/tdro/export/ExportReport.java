package org.tdro.export;

import java.nio.file.Path;
import java.util.SortedMap;

/**
 * An exported version and its comparison with the trained model.
 *
 * @param folder of the version
 * @param bytes on disk
 * @param milliseconds by number of texts in a batch: the time of one, the median of a few
 * @param tokens in each text of these batches
 */
public record ExportReport(
    Path folder,
    Precision precision,
    Agreement agreement,
    long bytes,
    SortedMap<Integer, Double> milliseconds,
    int tokens) {

  /** Returns the report for the folder that the version was renamed to. */
  ExportReport in(Path folder) {
    return new ExportReport(folder, precision, agreement, bytes, milliseconds, tokens);
  }
}
