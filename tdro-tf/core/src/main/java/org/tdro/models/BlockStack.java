package org.tdro.models;

import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.Layer;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The blocks of a transformer, one after the other. */
record BlockStack(List<Layer<TFloat32>> blocks) {

  /** The states {@code [batch · length, hidden]} before the first block, behind the last but one and behind the last. */
  HiddenStates call(CallContext context, Operand<TFloat32> x) {
    var secondLast = x;
    var last = x;
    for (var block : blocks) {
      secondLast = last;
      last = context.callBlock(block, last);
    }
    return new HiddenStates(x, secondLast, last);
  }
}
