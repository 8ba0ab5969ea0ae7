package org.tdro.keras.layers;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.LayerScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The windows that convolution and pooling move along the second axis of {@code [batch, length, channels]}. */
record Windows(int size, int stride) {
  Windows {
    if (size < 1 || stride < 1) {
      throw new IllegalArgumentException(
          "window and stride must be at least 1, were " + size + " and " + stride);
    }
  }

  /** Returns the elements at the first place of every window, at the second and so on: {@code size} times {@code [batch, windows, channels]}. */
  List<Operand<TFloat32>> places(Ops tf, Operand<TFloat32> x) {
    var places = new ArrayList<Operand<TFloat32>>();
    if (stride == 1) {
      // A slice, unlike one with strides, has a gradient that can be differentiated again.
      int length = (int) x.shape().get(1);
      Operand<TInt32> sizes = length < 0
          ? tf.math.sub(tf.shape(x), tf.constant(new int[] {0, size - 1, 0}))
          : tf.constant(new int[] {-1, length - size + 1, -1});
      for (int place = 0; place < size; place++) {
        places.add(tf.slice(x, tf.constant(new int[] {0, place, 0}), sizes));
      }
      return places;
    }
    for (int place = 0; place < size; place++) {
      int behind = size - 1 - place;
      // The masks take the whole first and last axis, and the second to its end where nothing is to
      // be left behind.
      places.add(tf.stridedSlice(
          x,
          tf.constant(new int[] {0, place, 0}),
          tf.constant(new int[] {0, -behind, 0}),
          tf.constant(new int[] {1, stride, 1}),
          StridedSlice.beginMask(0b101L),
          StridedSlice.endMask(behind == 0 ? 0b111L : 0b101L)));
    }
    return places;
  }

  /** Returns the number of channels. */
  static long channels(LayerScope scope, Shape input) {
    if (input.isUnknown() || input.numDimensions() != 3 || input.get(2) < 1) {
      throw new IllegalArgumentException("the layer " + scope.path()
          + " needs inputs [batch, length, channels] with a known number of channels, was "
          + input);
    }
    return input.get(2);
  }

  /** Refuses inputs that are known to be shorter than a window. */
  void checkLength(LayerScope scope, Shape input) {
    if (input.get(1) >= 0 && input.get(1) < size) {
      throw new IllegalArgumentException("the layer " + scope.path() + " has a window of " + size
          + ", longer than its inputs " + input);
    }
  }
}
