package org.tdro.keras;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The forward pass without dropout, and the compiled loss and metrics on it. */
final class InferenceProgram {
  private final Model model;
  private final Operand<TFloat32> outputs;
  private final Map<String, Operand<TFloat32>> measures;

  private InferenceProgram(
      Model model, Operand<TFloat32> outputs, Map<String, Operand<TFloat32>> measures) {
    this.model = model;
    this.outputs = outputs;
    this.measures = measures;
  }

  static InferenceProgram of(
      Model model, Operand<TFloat32> outputs, Loss loss, Map<String, Loss> metrics) {
    var measures = new LinkedHashMap<String, Operand<TFloat32>>();
    if (loss != null) {
      measures.put("loss", loss.call(model.tf(), model.symbolicInputs(), outputs));
      metrics.forEach((name, metric) ->
          measures.put(name, metric.call(model.tf(), model.symbolicInputs(), outputs)));
    }
    return new InferenceProgram(model, outputs, measures);
  }

  TFloat32 predict(Batch batch) {
    return model.predict(outputs, batch);
  }

  Logs evaluate(Dataset dataset) {
    long batches = dataset
        .batchesPerEpoch()
        .orElseThrow(
            () -> new IllegalArgumentException("a dataset without end cannot be evaluated"));
    var sums = new LinkedHashMap<String, Double>();
    long rows = 0;
    for (long index = 0; index < batches; index++) {
      try (var batch = dataset.batch(index)) {
        var runner = model.feed(batch);
        measures.values().forEach(runner::fetch);
        try (var fetched = runner.run()) {
          int i = 0;
          for (var name : measures.keySet()) {
            sums.merge(
                name,
                batch.rows() * (double) ((TFloat32) fetched.get(i++)).getFloat(),
                Double::sum);
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
    return new Logs(sums, Map.of());
  }
}
