package org.tdro.keras;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.types.TFloat32;

/** The graph of a model's {@link Model#testStep}. */
final class EvaluationProgram {
  private final Model model;
  private final TrainStep step;

  EvaluationProgram(Model model, TrainStep step) {
    this.model = model;
    this.step = step;
    if (!step.weights().isEmpty() || !step.assignments().isEmpty()) {
      throw new IllegalArgumentException("a test step minimises and assigns nothing");
    }
    for (var key : step.logs().keySet()) {
      if (!key.isScalar()) {
        throw new IllegalArgumentException("a test step logs scalars, but " + key + " is a vector");
      }
    }
  }

  /** Logs are averaged over rows, metrics are those of all rows together. */
  Logs run(Dataset dataset) {
    long batches = length(dataset);
    var means = new EpochMeans();
    var sums = new LinkedHashMap<String, Double>();
    long rows = 0;
    for (long index = 0; index < batches; index++) {
      try (var batch = dataset.batch(index)) {
        model.compiled().checkLabels(batch);
        var runner = model.feed(batch);
        step.logs().values().forEach(runner::fetch);
        step.measures().values().forEach(runner::fetch);
        try (var fetched = runner.run()) {
          int i = 0;
          for (var key : step.logs().keySet()) {
            double value = ((TFloat32) fetched.get(i++)).getFloat();
            sums.merge(key.name(), batch.rows() * value, Double::sum);
          }
          for (var metric : step.measures().keySet()) {
            means.add(metric, StepLogs.doubles((TFloat32) fetched.get(i++)));
          }
        }
        rows += batch.rows();
      }
    }
    if (rows == 0) {
      throw new IllegalArgumentException("a dataset without batches cannot be evaluated");
    }
    long total = rows;
    sums.replaceAll((name, sum) -> sum / total);
    sums.putAll(means.values());
    return new Logs(sums, Map.of());
  }

  static long length(Dataset dataset) {
    return dataset
        .batchesPerEpoch()
        .orElseThrow(() -> new IllegalArgumentException(
            "the dataset has no length, so it cannot be gone through once"));
  }
}
