package org.tdro.tools.bench;

import java.util.Locale;
import org.tdro.keras.KernelTimes;
import org.tdro.tools.options.TextTable;

/** The table of what kernels took. */
final class KernelTable {
  /** Shares below this are shown as one row. */
  private static final double SMALL = 0.001;

  private KernelTable() {}

  static TextTable of(KernelTimes times) {
    var table = new TextTable("kernel", "ms", "share", "number");
    double all = times.millis();
    var small = new double[2];
    for (var kernel : times.kernels()) {
      if (kernel.millis() >= SMALL * all) {
        row(table, kernel.operation(), kernel.millis(), all, kernel.count());
      } else {
        small[0] += kernel.millis();
        small[1] += kernel.count();
      }
    }
    row(table, "others", small[0], all, (long) small[1]);
    return table;
  }

  private static void row(TextTable table, String name, double millis, double all, long count) {
    table.row(
        name,
        String.format(Locale.ROOT, "%.1f", millis),
        String.format(Locale.ROOT, "%.1f %%", 100 * millis / all),
        count);
  }
}
