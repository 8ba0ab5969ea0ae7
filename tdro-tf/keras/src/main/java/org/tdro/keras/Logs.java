package org.tdro.keras;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a step or an epoch reported.
 *
 * @param scalars such as {@code loss}, in the order in which they were logged
 * @param vectors such as one loss for each domain
 */
public record Logs(Map<String, Double> scalars, Map<String, float[]> vectors) {
  public Logs {
    scalars = Collections.unmodifiableMap(new LinkedHashMap<>(scalars));
    vectors = Collections.unmodifiableMap(new LinkedHashMap<>(vectors));
  }

  /** The scalar of that name; NaN if it was not logged. */
  public double scalar(String name) {
    return scalars.getOrDefault(name, Double.NaN);
  }

  /** These logs and further scalars. */
  public Logs with(Map<String, Double> more) {
    var all = new LinkedHashMap<>(scalars);
    all.putAll(more);
    return new Logs(all, vectors);
  }
}
