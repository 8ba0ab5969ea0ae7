package org.tdro.data.shards;

import java.util.List;

/** What an import did, by domain in the order of their names. */
public record ImportReport(List<Entry> domains) {
  /**
   * What was done with a domain.
   *
   * @param rebuilt whether the domain was imported now; false if its files were still good
   */
  public record Entry(String domain, RowCounts counts, boolean rebuilt) {}

  public ImportReport {
    domains = List.copyOf(domains);
  }

  /** All domains together. */
  public RowCounts total() {
    return domains.stream().map(Entry::counts).reduce(RowCounts.NONE, RowCounts::plus);
  }
}
