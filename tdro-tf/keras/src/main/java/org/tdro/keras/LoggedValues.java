package org.tdro.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What a step reports, to be fetched from its run. */
final class LoggedValues {
  private final Map<String, Operand<TFloat32>> values = new LinkedHashMap<>();

  LoggedValues(Ops tf, TrainStep step) {
    // A logged variable is copied, else the fetch might see it after the update.
    step.logs().forEach((name, value) -> values.put(name, tf.deepCopy(value)));
  }

  /** In the order in which {@link #read} expects them. */
  List<Operand<TFloat32>> operands() {
    return new ArrayList<>(values.values());
  }

  /** The values, the first that were fetched. */
  Logs read(Result fetched) {
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

  /** The elements in row-major order. */
  static float[] floats(TFloat32 tensor) {
    var values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
