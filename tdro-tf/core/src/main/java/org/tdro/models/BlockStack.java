package org.tdro.models;

import java.util.List;
import org.tdro.keras.Layer;
import org.tdro.keras.Pass;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The blocks of a transformer, one after the other. */
record BlockStack(List<Layer> blocks) {

  /** The states {@code [batch · length, hidden]} before the first block, behind the last but one and behind the last. */
  HiddenStates call(Ops tf, Operand<TFloat32> x, Pass pass) {
    var secondLast = x;
    var last = x;
    for (var block : blocks) {
      secondLast = last;
      last = pass.call(tf, block, last);
    }
    return new HiddenStates(x, secondLast, last);
  }
}
