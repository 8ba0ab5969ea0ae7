package org.tdro.experiments.bench;

import java.util.List;

/** Resident memory over many steps. */
public record MemoryReport(List<Reading> readings) {

  /** The memory after a number of steps, in MiB. */
  public record Reading(long step, double residentMib) {}

  public MemoryReport {
    readings = List.copyOf(readings);
    if (readings.size() < 2) {
      throw new IllegalArgumentException("growth needs at least two readings");
    }
  }

  /** Returns the slope of the least-squares line through the second half of the readings, in bytes a step. */
  public double growthBytesPerStep() {
    var settled = readings.subList((readings.size() - 1) / 2, readings.size());
    double meanStep = settled.stream().mapToDouble(Reading::step).average().orElseThrow();
    double meanMib =
        settled.stream().mapToDouble(Reading::residentMib).average().orElseThrow();
    double products = 0;
    double squares = 0;
    for (var reading : settled) {
      products += (reading.step() - meanStep) * (reading.residentMib() - meanMib);
      squares += (reading.step() - meanStep) * (reading.step() - meanStep);
    }
    return products / squares * 1024 * 1024;
  }
}
