package org.tdro.keras.testing;

import java.util.List;
import org.tdro.keras.Model;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** Values of operands as arrays, in row-major order. */
public final class Values {
  private Values() {}

  /** The value of {@code operand}. */
  public static float[] of(Session session, Operand<TFloat32> operand) {
    try (var result = session.runner().fetch(operand).run()) {
      return of((TFloat32) result.get(0));
    }
  }

  /** The elements of {@code tensor}. */
  public static float[] of(TFloat32 tensor) {
    var values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }

  /** Every trainable weight, one after another. */
  public static float[] of(Model model) {
    return of(model, model.variables().trainable());
  }

  /** Every variable, optimizer slots included, one after another. */
  public static float[] all(Model model) {
    return of(model, model.variables().all());
  }

  private static float[] of(Model model, List<Weight> weights) {
    long size = weights.stream().mapToLong(Weight::size).sum();
    var all = new float[Math.toIntExact(size)];
    int at = 0;
    for (var weight : weights) {
      var part = of(model.session(), weight.value());
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
