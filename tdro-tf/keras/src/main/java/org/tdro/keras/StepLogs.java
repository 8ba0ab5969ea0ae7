package org.tdro.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The values that a step reports, as operands to be fetched from the runs of its micro-batches. */
public final class StepLogs {
  private final Map<LogKey<?>, Operand<TFloat32>> values = new LinkedHashMap<>();
  private final Map<Metric, Operand<TFloat32>> measures = new LinkedHashMap<>();
  private final EpochMeans means;
  /** Sums over the rows of the micro-batches so far, by the name of the vector. */
  private final Map<String, double[]> rowSums = new HashMap<>();

  /**
   * The values that {@code step} reports, copied so that a fetch never sees a variable after its update.
   *
   * @throws IllegalArgumentException if the step logs means over rows without the numbers of these rows
   */
  public StepLogs(Ops tf, TrainStep step) {
    step.logs().forEach((key, value) -> {
      key.counts().filter(counts -> !step.logs().containsKey(counts)).ifPresent(counts -> {
        throw new IllegalArgumentException("the step logs " + key + ", but not " + counts);
      });
      values.put(key, tf.deepCopy(value));
    });
    measures.putAll(step.measures());
    means = step.means();
  }

  /** Returns the operands, in the order in which {@link #read} expects them. */
  public List<Operand<TFloat32>> operands() {
    var all = new ArrayList<>(values.values());
    all.addAll(measures.values());
    return all;
  }

  /**
   * Reads the values of a micro-batch; {@link #operands} must be the first that were fetched. Counts of rows, and means over rows, are those of
   * the step as far as it was run.
   *
   * @param first whether it is the first micro-batch of the step
   */
  public Logs read(Result fetched, boolean first) {
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
    addRows(vectors, first);
    for (var metric : measures.keySet()) {
      var sums = doubles((TFloat32) fetched.get(i++));
      means.add(metric, sums);
      scalars.put(metric.name(), metric.result(sums));
    }
    return new Logs(scalars, vectors);
  }

  /** Replaces counts and means of a micro-batch by those of all micro-batches so far. */
  private void addRows(Map<String, float[]> vectors, boolean first) {
    if (first) {
      rowSums.clear();
    }
    for (var key : values.keySet()) {
      if (key.summed() || key.counts().isPresent()) {
        var vector = vectors.get(key.name());
        var counts = key.counts().map(rows -> vectors.get(rows.name()));
        var sums = rowSums.computeIfAbsent(key.name(), name -> new double[vector.length]);
        for (int i = 0; i < vector.length; i++) {
          sums[i] += times(vector[i], counts.isEmpty() ? 1 : counts.get()[i]);
        }
      }
    }
    for (var key : values.keySet()) {
      var sums = rowSums.get(key.name());
      if (sums != null) {
        var counts = key.counts().map(rows -> rowSums.get(rows.name()));
        var ofStep = new float[sums.length];
        for (int i = 0; i < ofStep.length; i++) {
          // Of one micro-batch that is its mean to the last bit: the product is exact.
          ofStep[i] = (float) (counts.isEmpty() ? sums[i] : sums[i] / counts.get()[i]);
        }
        vectors.put(key.name(), ofStep);
      }
    }
  }

  /** Returns a sum over rows; without rows, 0 whatever their mean is said to be. */
  private static double times(float mean, float rows) {
    return rows == 0 ? 0 : (double) mean * rows;
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
