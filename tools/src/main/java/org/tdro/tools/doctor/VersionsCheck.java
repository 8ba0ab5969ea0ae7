package org.tdro.tools.doctor;

import java.util.List;
import java.util.stream.Collectors;
import org.tdro.runs.Provenance;

/** What a run's {@code run.json} will say about the software. */
final class VersionsCheck implements Check {
  @Override
  public List<Finding> findings() {
    return List.of(Finding.ok(
        "versions",
        Provenance.versions().entrySet().stream()
            .filter(entry -> !entry.getKey().equals("processors"))
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "))));
  }
}
