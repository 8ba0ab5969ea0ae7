package org.tdro.keras;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients of operations that are themselves gradients, which TensorFlow's C++ library lacks: with them, a loss may
 * contain a gradient, as gradient penalties do. Each formula is the derivative of the one in its comment, in which
 * {@code d} is the incoming gradient, and gives a gradient for each of the operation's two inputs.
 *
 * <p>They are registered for the whole process, and only when a gradient is first differentiated again, because TensorFlow Java
 * takes about ten such registrations.
 */
final class SecondOrderGradients {
  private static boolean registered;

  private SecondOrderGradients() {}

  /** Registers the gradients, once. */
  static synchronized void register() {
    if (registered) {
      return;
    }
    registered = true;
    // TanhGrad(y, d) = d·(1 − y²)
    register(
        "TanhGrad",
        (tf, y, d, upstream) -> List.of(
            product(tf, number(tf, y, -2), upstream, d, y),
            product(tf, upstream, tf.math.sub(number(tf, y, 1), tf.math.square(y)))));
    // SigmoidGrad(y, d) = d·y·(1 − y)
    register("SigmoidGrad", (tf, y, d, upstream) -> {
      var rest = tf.math.sub(number(tf, y, 1), y);
      return List.of(
          product(tf, upstream, d, tf.math.sub(rest, y)), product(tf, upstream, y, rest));
    });
    // RsqrtGrad(y, d) = −d·y³/2
    register(
        "RsqrtGrad",
        (tf, y, d, upstream) -> List.of(
            product(tf, number(tf, y, -1.5), upstream, d, y, y),
            product(tf, number(tf, y, -0.5), upstream, y, y, y)));
    // SqrtGrad(y, d) = d/(2y)
    register("SqrtGrad", (tf, y, d, upstream) -> {
      var gradient = tf.math.div(product(tf, number(tf, y, 0.5), upstream), y);
      return List.of(tf.math.neg(tf.math.div(product(tf, gradient, d), y)), gradient);
    });
    // ReluGrad(d, x) = d where x > 0, else 0
    register(
        "ReluGrad",
        (tf, d, x, upstream) -> List.of(
            tf.select(tf.math.greater(x, tf.zerosLike(x)), upstream, tf.zerosLike(x)),
            tf.zerosLike(x)));
    // SoftplusGrad(d, x) = d·σ(x)
    register("SoftplusGrad", (tf, d, x, upstream) -> {
      var sigmoid = tf.math.sigmoid(x);
      var gradient = product(tf, upstream, sigmoid);
      return List.of(gradient, product(tf, gradient, d, tf.math.sub(number(tf, x, 1), sigmoid)));
    });
  }

  private static void register(String operation, Formula formula) {
    TensorFlow.registerCustomGradient(operation, (tf, op, upstream) -> {
      // The inputs one by one: inputs() waits for the graph, which is held during this call.
      return formula.gradients(
          tf, floats(op.input(0)), floats(op.input(1)), floats(upstream.get(0)));
    });
  }

  /** The gradients with respect to both inputs of an operation, all of one shape and floating type. */
  private interface Formula {
    List<Operand<?>> gradients(
        Ops tf, Operand<TFloat32> first, Operand<TFloat32> second, Operand<TFloat32> upstream);
  }

  /** An operand of any floating type as TFloat32, which it is for the compiler alone. */
  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Operand<?> operand) {
    return (Operand<TFloat32>) operand;
  }

  /** A constant in the type of {@code like}. */
  private static Operand<TFloat32> number(Ops tf, Operand<TFloat32> like, double value) {
    return tf.dtypes.cast(tf.constant((float) value), like.type());
  }

  @SafeVarargs
  private static Operand<TFloat32> product(Ops tf, Operand<TFloat32>... factors) {
    var product = factors[0];
    for (int i = 1; i < factors.length; i++) {
      product = tf.math.mul(product, factors[i]);
    }
    return product;
  }
}
