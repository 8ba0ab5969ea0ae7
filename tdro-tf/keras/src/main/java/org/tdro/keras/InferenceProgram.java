package org.tdro.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The forward pass without dropout, and the compiled loss and metrics on it. */
final class InferenceProgram {
  private final Model model;
  private final Operand<TFloat32> outputs;
  /** Null for a model that is not compiled with a loss. */
  private final Loss loss;

  private final Operand<TFloat32> lossValue;
  private final Map<Metric, Operand<TFloat32>> measures = new LinkedHashMap<>();

  InferenceProgram(Model model, Operand<TFloat32> outputs, Loss loss, List<Metric> metrics) {
    this.model = model;
    this.outputs = outputs;
    this.loss = loss;
    var inputs = model.symbolicInputs();
    lossValue = loss == null ? null : model.regularized(loss.call(model.tf(), inputs, outputs));
    metrics.forEach(metric -> measures.put(metric, metric.sums(model.tf(), inputs, outputs)));
  }

  TFloat32 predict(Batch batch) {
    return model.predict(outputs, batch);
  }

  float[][] predict(Dataset dataset) {
    var rows = new ArrayList<float[]>();
    long batches = length(dataset);
    for (long index = 0; index < batches; index++) {
      try (var batch = dataset.batch(index)) {
        var runner = model.session().runner();
        model.inputs().forEach(spec -> {
          var tensor = batch.tensors().get(spec.name());
          if (tensor != null) {
            runner.feed(model.symbolicInputs().get(spec.name()), tensor);
          }
        });
        try (var fetched = runner.fetch(outputs).run()) {
          var values = StepLogs.floats((TFloat32) fetched.get(0));
          int width = values.length / batch.rows();
          for (int at = 0; at < values.length; at += width) {
            rows.add(Arrays.copyOfRange(values, at, at + width));
          }
        }
      }
    }
    return rows.toArray(float[][]::new);
  }

  /** The loss is averaged over rows, metrics are those of all rows together. */
  Logs evaluate(Dataset dataset) {
    long batches = length(dataset);
    var means = new EpochMeans();
    double sum = 0;
    long rows = 0;
    for (long index = 0; index < batches; index++) {
      try (var batch = dataset.batch(index)) {
        loss.check(batch, outputs.shape());
        var runner = model.feed(batch).fetch(lossValue);
        measures.values().forEach(runner::fetch);
        try (var fetched = runner.run()) {
          sum += batch.rows() * (double) ((TFloat32) fetched.get(0)).getFloat();
          int i = 1;
          for (var metric : measures.keySet()) {
            means.add(metric, StepLogs.doubles((TFloat32) fetched.get(i++)));
          }
        }
        rows += batch.rows();
      }
    }
    if (rows == 0) {
      throw new IllegalArgumentException("a dataset without batches cannot be evaluated");
    }
    var values = new LinkedHashMap<String, Double>();
    values.put("loss", sum / rows);
    values.putAll(means.values());
    return new Logs(values, Map.of());
  }

  private static long length(Dataset dataset) {
    return dataset
        .batchesPerEpoch()
        .orElseThrow(
            () -> new IllegalArgumentException("a dataset without end cannot be gone through"));
  }
}
