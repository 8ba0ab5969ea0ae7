package org.tdro.keras.layers;

import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.Constraint;
import org.tdro.keras.Initializer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tdro.keras.Regularizer;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** x·W + b over the last axis. {@code [..., in] -> [..., units]}; the product has the context's precision. */
public final class Dense extends NamedLayer<TFloat32> {
  private final int units;
  private Initializer kernelInitializer = Initializer.glorotUniform();
  private boolean useBias = true;
  private Activation activation = Activation.LINEAR;
  private Regularizer kernelRegularizer;
  private Constraint kernelConstraint;
  private Weight kernel;
  private Weight bias;

  /** A layer of {@code units} outputs, Glorot's uniform initial kernel and a bias that starts at zero. */
  public Dense(int units) {
    super("dense");
    if (units < 1) {
      throw new IllegalArgumentException("units must be at least 1, was " + units);
    }
    this.units = units;
  }

  /** A layer whose weights are created at once in {@code scope}, for inputs of size {@code in}. */
  public Dense(
      LayerScope scope, int in, int units, Initializer kernelInitializer, boolean useBias) {
    this(units);
    this.kernelInitializer = kernelInitializer;
    this.useBias = useBias;
    build(scope, Shape.of(-1, in));
  }

  /** Sets the kernel's initial value. */
  public Dense kernelInitializer(Initializer initializer) {
    kernelInitializer = initializer;
    return this;
  }

  /** Sets whether a bias is added. */
  public Dense useBias(boolean use) {
    useBias = use;
    return this;
  }

  /** Sets the activation; by default, there is none. */
  public Dense activation(Activation function) {
    activation = function;
    return this;
  }

  /** Adds a penalty on the kernel to the loss. */
  public Dense kernelRegularizer(Regularizer regularizer) {
    kernelRegularizer = regularizer;
    return this;
  }

  /** Keeps the kernel where {@code constraint} holds. */
  public Dense kernelConstraint(Constraint constraint) {
    kernelConstraint = constraint;
    return this;
  }

  @Override
  public Dense named(String name) {
    super.named(name);
    return this;
  }

  @Override
  protected void create(LayerScope scope, Shape input) {
    int last = input.numDimensions() - 1;
    if (last < 1 || input.get(last) < 1) {
      throw new IllegalArgumentException("the layer " + scope.path()
          + " needs inputs [..., features] with a known number of features, was " + input);
    }
    kernel = scope.add("kernel", Shape.of(input.get(last), units), kernelInitializer);
    if (kernelRegularizer != null) {
      scope.variables().regularize(kernel, kernelRegularizer);
    }
    if (kernelConstraint != null) {
      scope.variables().constrain(kernel, kernelConstraint);
    }
    bias = useBias ? scope.add("bias", Shape.of(units), Initializer.zeros()) : null;
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    if (x.shape().numDimensions() <= 2) {
      return activation.call(context, rows(context, x));
    }
    // Rows under each other: a product of two matrices is the fastest kernel.
    var in = tf.constant(new long[] {-1, kernel.shape().get(0)});
    var product = rows(context, tf.reshape(x, in));
    return activation.call(context, likeRows(tf, product, x, units));
  }

  /** Gives {@code rows [n, width]} the shape of {@code x} but for its last axis, which becomes {@code width}. */
  static Operand<TFloat32> likeRows(
      Ops tf, Operand<TFloat32> rows, Operand<TFloat32> x, int width) {
    var shape = x.shape().asArray();
    int unknown = 0;
    for (int axis = 0; axis < shape.length - 1; axis++) {
      unknown += shape[axis] < 0 ? 1 : 0;
    }
    shape[shape.length - 1] = width;
    if (unknown <= 1) {
      return tf.reshape(rows, tf.constant(shape));
    }
    var leading = tf.slice(
        tf.shape(x), tf.constant(new int[] {0}), tf.constant(new int[] {shape.length - 1}));
    return tf.reshape(
        rows, tf.concat(List.of(leading, tf.constant(new int[] {width})), tf.constant(0)));
  }

  private Operand<TFloat32> rows(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    var product = context.matMul(x, kernel.read(tf));
    return bias == null ? product : tf.nn.biasAdd(product, bias.read(tf));
  }

  /** The matrix, {@code [in, units]}. */
  public Weight kernel() {
    path();
    return kernel;
  }

  /** The kernel and, if there is one, the bias, {@code [units]}. */
  public List<Weight> weights() {
    path();
    return bias == null ? List.of(kernel) : List.of(kernel, bias);
  }
}
