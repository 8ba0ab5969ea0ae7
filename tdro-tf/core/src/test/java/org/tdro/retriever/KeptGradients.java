package org.tdro.retriever;

import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.Weight;
import org.tdro.keras.testing.Values;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** An optimizer that leaves weights alone and keeps the gradients of the last update. */
public final class KeptGradients extends Optimizer {

  public KeptGradients() {
    super(LearningRateSchedule.constant(1));
  }

  @Override
  public Operand<TFloat32> update(Ops tf, Weight weight, Operand<TFloat32> gradient, Rates rates) {
    var kept = slot(weight, "gradient", 0).assign(tf, gradient);
    return weight.read(tf.withControlDependencies(java.util.List.of(kept)));
  }

  /** The gradient of a weight of {@code model}, which was compiled with this optimizer. */
  public static float[] of(EncoderModel model, Weight weight) {
    var slot = model.variables().byName().get("optimizer/" + weight.name() + "/gradient");
    return Values.of(model.session(), slot.value());
  }
}
