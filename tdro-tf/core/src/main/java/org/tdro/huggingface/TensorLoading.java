package org.tdro.huggingface;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.TensorView;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Feeds stored tensors to variables: from the mapped file into a native tensor and from there, widened and turned in the
 * graph, into the variable. Several go in one run, since each run of other operations has to be prepared, but no more than
 * about a gigabyte.
 */
final class TensorLoading {
  private static final long BYTES_PER_RUN = 1L << 30;
  private static final int SLICE = 1 << 26;

  private final Ops tf;
  private final Session session;
  private final List<Part> parts = new ArrayList<>();
  private long bytes;

  private record Part(
      String name, TensorView tensor, Operand<?> placeholder, Op assign, Operand<TBool> finite) {}

  TensorLoading(Ops tf, Session session) {
    this.tf = tf.withSubScope("load");
    this.session = session;
  }

  /** TensorFlow's type for stored elements; empty for what weights are not stored in. */
  static Optional<Class<? extends TNumber>> type(DType stored) {
    return switch (stored) {
      case F32 -> Optional.of(TFloat32.class);
      case F16 -> Optional.of(TFloat16.class);
      case BF16 -> Optional.of(TBfloat16.class);
      default -> Optional.empty();
    };
  }

  /**
   * Adds a tensor to the next run; runs the tensors before it if there are enough.
   *
   * @param notFinite told the names of tensors that turn out to hold values that are not finite
   */
  void add(Weight weight, TensorView tensor, Consumer<String> notFinite) {
    if (bytes > 0 && bytes + tensor.bytes() > BYTES_PER_RUN) {
      finish(notFinite);
    }
    bytes += tensor.bytes();
    var placeholder = tf.placeholder(
        type(tensor.type()).orElseThrow(), Placeholder.shape(Shape.of(tensor.shape())));
    var wide = tf.dtypes.cast(placeholder, TFloat32.class);
    var value = TensorNames.isTransposed(weight)
        ? tf.linalg.transpose(wide, tf.constant(new int[] {1, 0}))
        : wide;
    long rows = tensor.shape().length < 2 ? 0 : tensor.shape()[0];
    var assign = weight.assign(
        tf,
        rows == 0 || tensor.elements() == weight.size()
            ? value
            : withFurtherRows(tf, weight, rows, value));
    var elements = tf.reshape(tf.math.isFinite(wide), tf.constant(new int[] {-1}));
    parts.add(new Part(
        tensor.name(), tensor, placeholder, assign, tf.reduceAll(elements, tf.constant(0))));
  }

  /** Rows beyond the stored ones are their mean: it follows from the checkpoint alone, so adapters need not keep them. */
  static Operand<TFloat32> withFurtherRows(
      Ops tf, Weight weight, long stored, Operand<TFloat32> value) {
    long further = weight.shape().get(0) - stored;
    if (further == 0) {
      return value;
    }
    var mean = tf.math.mean(value, tf.constant(0), Mean.keepDims(true));
    var rows = tf.tile(mean, tf.constant(new long[] {further, 1}));
    return tf.concat(List.of(value, rows), tf.constant(0));
  }

  /** Runs what was added and not run yet. */
  void finish(Consumer<String> notFinite) {
    if (parts.isEmpty()) {
      return;
    }
    var tensors = new ArrayList<Tensor>();
    try {
      var runner = session.runner();
      for (var part : parts) {
        var tensor = read(part.tensor());
        tensors.add(tensor);
        runner.feed(part.placeholder().asOutput(), tensor).addTarget(part.assign());
        runner.fetch(part.finite());
      }
      try (var finite = runner.run()) {
        for (int i = 0; i < parts.size(); i++) {
          if (!((TBool) finite.get(i)).getBoolean()) {
            notFinite.accept(parts.get(i).name());
          }
        }
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
    parts.clear();
    bytes = 0;
  }

  /** Returns the elements of a tensor as they are stored; the caller closes it. */
  static Tensor read(TensorView view) {
    return Tensor.of(
        type(view.type()).orElseThrow(),
        Shape.of(view.shape()),
        tensor -> copy(view, tensor.asRawTensor().data()));
  }

  private static void copy(TensorView view, ByteDataBuffer target) {
    for (long start = 0; start < view.bytes(); start += SLICE) {
      int length = (int) Math.min(SLICE, view.bytes() - start);
      DataBuffers.of(view.slice(start, length)).copyTo(target.offset(start), length);
    }
  }
}
