package org.tdro.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The values that a step reports, as operands to be fetched from its run. */
public final class StepLogs {
  private final Map<String, Operand<TFloat32>> values = new LinkedHashMap<>();

  /** The values that {@code step} reports, copied so that a fetch never sees a variable after its update. */
  public StepLogs(Ops tf, TrainStep step) {
    step.logs().forEach((name, value) -> values.put(name, tf.deepCopy(value)));
  }

  /** Returns the operands, in the order in which {@link #read} expects them. */
  public List<Operand<TFloat32>> operands() {
    return new ArrayList<>(values.values());
  }

  /** Reads the values; {@link #operands} must be the first that were fetched. */
  public Logs read(Result fetched) {
    var scalars = new LinkedHashMap<String, Double>();
    var vectors = new LinkedHashMap<String, float[]>();
    int i = 0;
    for (var name : values.keySet()) {
      var tensor = (TFloat32) fetched.get(i++);
      if (tensor.rank() == 0) {
        scalars.put(name, (double) tensor.getFloat());
      } else {
        vectors.put(name, floats(tensor));
      }
    }
    return new Logs(scalars, vectors);
  }

  /** Returns the elements of {@code tensor} in row-major order. */
  public static float[] floats(TFloat32 tensor) {
    var values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
