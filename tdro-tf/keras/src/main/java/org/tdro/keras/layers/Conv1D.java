package org.tdro.keras.layers;

import org.tdro.keras.CallContext;
import org.tdro.keras.Initializer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.NamedLayer;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Convolution along a sequence: each window of {@code kernelSize} places times a matrix, plus a bias.
 * {@code [batch, length, channels] -> [batch, windows, filters]}; the product has the context's precision.
 */
public final class Conv1D extends NamedLayer<TFloat32> {
  private final int filters;
  private final int kernelSize;
  private int stride = 1;
  private boolean same;
  private Initializer kernelInitializer;
  private Activation activation = Activation.LINEAR;
  private Weight kernel;
  private Weight bias;

  /** A layer with a stride of 1 and without padding, so that there are length − kernelSize + 1 windows. */
  public Conv1D(int filters, int kernelSize) {
    super("conv1d");
    if (filters < 1) {
      throw new IllegalArgumentException("filters must be at least 1, was " + filters);
    }
    this.filters = filters;
    this.kernelSize = new Windows(kernelSize, 1).size();
  }

  /** Sets the stride: the places by which windows move. */
  public Conv1D stride(int places) {
    stride = new Windows(kernelSize, places).stride();
    return this;
  }

  /** Pads with kernelSize − 1 zeros, half of them in front, so that there are as many windows as places over the stride. */
  public Conv1D samePadding() {
    same = true;
    return this;
  }

  /** Sets the initial value of the kernel, {@code [kernelSize, channels, filters]}; by default, Glorot's uniform. */
  public Conv1D kernelInitializer(Initializer initializer) {
    kernelInitializer = initializer;
    return this;
  }

  /** Sets what is made of the outputs. */
  public Conv1D activation(Activation function) {
    activation = function;
    return this;
  }

  @Override
  protected void create(LayerScope scope, Shape input) {
    long channels = Windows.channels(scope, input);
    if (!same) {
      new Windows(kernelSize, stride).checkLength(scope, input);
    }
    // As Keras' kernel, whose fans are those of a whole window.
    double limit = Math.sqrt(6.0 / (kernelSize * (double) (channels + filters)));
    kernel = scope.add(
        "kernel",
        Shape.of(kernelSize, channels, filters),
        kernelInitializer == null ? Initializer.uniform(limit) : kernelInitializer);
    bias = scope.add("bias", Shape.of(filters), Initializer.zeros());
  }

  @Override
  protected Operand<TFloat32> forward(CallContext context, Operand<TFloat32> x) {
    var tf = context.tf();
    long channels = kernel.shape().get(1);
    int before = (kernelSize - 1) / 2;
    var padded = same
        ? tf.pad(
            x,
            tf.constant(new int[][] {{0, 0}, {before, kernelSize - 1 - before}, {0, 0}}),
            tf.constant(0f))
        : x;
    var places = new Windows(kernelSize, stride).places(tf, padded);
    var windows = kernelSize == 1 ? places.get(0) : tf.concat(places, tf.constant(2));
    var width = kernelSize * channels;
    var rows = tf.reshape(windows, tf.constant(new long[] {-1, width}));
    var matrix = tf.reshape(kernel.read(tf), tf.constant(new long[] {width, filters}));
    var product = tf.nn.biasAdd(context.matMul(rows, matrix), bias.read(tf));
    return activation.call(context, Dense.likeRows(tf, product, windows, filters));
  }
}
