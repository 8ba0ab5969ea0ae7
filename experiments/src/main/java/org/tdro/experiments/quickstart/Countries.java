package org.tdro.experiments.quickstart;

import java.util.List;
import java.util.Map;

/** The rows of the geography domain: ninety countries with names in German and Spanish and seven facts each. */
final class Countries {
  private Countries() {}

  static List<Map<String, String>> rows() {
    return FactTable.read("countries").stream()
        .map(row -> new Row(row)
            .with("title", row.get("entity").replaceFirst("^the ", ""))
            .values())
        .toList();
  }
}
