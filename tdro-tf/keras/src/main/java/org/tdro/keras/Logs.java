package org.tdro.keras;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The values that a step, an epoch or an evaluation reported.
 *
 * @param scalars such as {@code loss}, in the order in which they were logged
 * @param vectors such as one loss for each domain
 * @param timings rows and seconds, apart from what the model reports; all 0 where nothing was trained
 */
public record Logs(Map<String, Double> scalars, Map<String, float[]> vectors, Timings timings) {
  /** The value that a step minimises, regularizers included. */
  public static final LogKey<Double> LOSS = LogKey.scalar("loss");

  /** The learning rate of the model's optimizer in this step. */
  public static final LogKey<Double> LEARNING_RATE = LogKey.scalar("learning_rate");

  /** L2 norm of the whole gradient of an update before it is clipped; where {@link Model#logGradientNorm} asks for it. */
  public static final LogKey<Double> GRADIENT_NORM = LogKey.scalar("gradient_norm");

  public Logs {
    scalars = Collections.unmodifiableMap(new LinkedHashMap<>(scalars));
    vectors = Collections.unmodifiableMap(new LinkedHashMap<>(vectors));
  }

  /** Logs without timings. */
  public Logs(Map<String, Double> scalars, Map<String, float[]> vectors) {
    this(scalars, vectors, Timings.NONE);
  }

  /** Returns the same logs with one more scalar. */
  public Logs with(LogKey<Double> key, double value) {
    var more = new LinkedHashMap<>(scalars);
    more.put(key.name(), value);
    return new Logs(more, vectors, timings);
  }

  /**
   * Returns the value that was logged under {@code key}.
   *
   * @throws IllegalArgumentException naming the keys of this type that were logged, if this was not
   */
  public <T> T get(LogKey<T> key) {
    return find(key)
        .orElseThrow(() -> new IllegalArgumentException("there is no "
            + (key.isScalar() ? "scalar" : "vector") + " log " + key.name() + "; there are "
            + new ArrayList<>(values(key).keySet())));
  }

  /** Returns the value that was logged under {@code key}, if it was. */
  public <T> Optional<T> find(LogKey<T> key) {
    return Optional.ofNullable(key.type().cast(values(key).get(key.name())));
  }

  private Map<String, ?> values(LogKey<?> key) {
    return key.isScalar() ? scalars : vectors;
  }

  /**
   * Returns a scalar by its name, such as that of a metric.
   *
   * @throws IllegalArgumentException naming the scalars that were logged, if this was not
   */
  public double scalar(String name) {
    return get(LogKey.scalar(name));
  }
}
