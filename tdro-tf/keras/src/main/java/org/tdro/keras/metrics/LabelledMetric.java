package org.tdro.keras.metrics;

import org.tdro.keras.Dataset;
import org.tdro.keras.Inputs;
import org.tdro.keras.Metric;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A metric of outputs against labels, which are the input {@value Dataset#LABELS}. */
public abstract class LabelledMetric implements Metric {
  private String name;
  private String labels = Dataset.LABELS;

  LabelledMetric(String name) {
    this.name = name;
  }

  /** Reads the labels from another input. */
  public final LabelledMetric labels(String input) {
    labels = input;
    return this;
  }

  /** Logs the metric under another name. */
  public final LabelledMetric named(String name) {
    this.name = name;
    return this;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Operand<TFloat32> sums(Ops tf, Inputs inputs, Operand<TFloat32> outputs) {
    return sums(tf, inputs.get(labels), outputs);
  }

  abstract Operand<TFloat32> sums(Ops tf, Operand<?> labels, Operand<TFloat32> outputs);
}
