package org.tdro.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The values that a step reports, as operands to be fetched from its run. */
public final class StepLogs {
  private final Map<LogKey<?>, Operand<TFloat32>> values = new LinkedHashMap<>();
  private final Map<Metric, Operand<TFloat32>> measures = new LinkedHashMap<>();
  private final EpochMeans means;

  /** The values that {@code step} reports, copied so that a fetch never sees a variable after its update. */
  public StepLogs(Ops tf, TrainStep step) {
    step.logs().forEach((key, value) -> values.put(key, tf.deepCopy(value)));
    measures.putAll(step.measures());
    means = step.means();
  }

  /** Returns the operands, in the order in which {@link #read} expects them. */
  public List<Operand<TFloat32>> operands() {
    var all = new ArrayList<>(values.values());
    all.addAll(measures.values());
    return all;
  }

  /** Reads the values; {@link #operands} must be the first that were fetched. */
  public Logs read(Result fetched) {
    var scalars = new LinkedHashMap<String, Double>();
    var vectors = new LinkedHashMap<String, float[]>();
    int i = 0;
    for (var key : values.keySet()) {
      var tensor = (TFloat32) fetched.get(i++);
      if (key.isScalar()) {
        scalars.put(key.name(), (double) tensor.getFloat());
      } else {
        vectors.put(key.name(), floats(tensor));
      }
    }
    for (var metric : measures.keySet()) {
      var sums = doubles((TFloat32) fetched.get(i++));
      means.add(metric, sums);
      scalars.put(metric.name(), metric.result(sums));
    }
    return new Logs(scalars, vectors);
  }

  /** Returns the elements of {@code tensor} in row-major order. */
  public static float[] floats(TFloat32 tensor) {
    var values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  /** The elements in row-major order, for sums over many batches. */
  static double[] doubles(TFloat32 tensor) {
    var floats = floats(tensor);
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }
}
