package org.tdro.models;

import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The states of a batch's tokens at three depths, each {@code [batch, length, hidden]}. What stands at padding has no
 * meaning.
 *
 * @param first before the first layer
 * @param secondLast after the layer before the last, not normalised where the model normalises only at its end
 * @param last what the backbone returns
 */
public record HiddenStates(
    Operand<TFloat32> first, Operand<TFloat32> secondLast, Operand<TFloat32> last) {

  /** Of a backbone without layers. */
  public static HiddenStates of(Operand<TFloat32> states) {
    return new HiddenStates(states, states, states);
  }

  /** The same with other states behind the last layer. */
  HiddenStates withLast(Operand<TFloat32> states) {
    return new HiddenStates(first, secondLast, states);
  }

  /** The states of each depth, changed. */
  HiddenStates map(UnaryOperator<Operand<TFloat32>> change) {
    return new HiddenStates(change.apply(first), change.apply(secondLast), change.apply(last));
  }
}
