package org.tdro.retriever;

import java.util.Map;
import org.tdro.data.TokenMatrix;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TInt32;

/** Token ids and their mask as tensors; the caller closes them. */
final class TokenTensors {
  private TokenTensors() {}

  /** Puts {@code [rows, length]} ids and mask into {@code tensors}. */
  static void put(
      Map<String, Tensor> tensors, String idsName, String maskName, TokenMatrix matrix) {
    var shape = Shape.of(matrix.rows(), matrix.length());
    tensors.put(idsName, TInt32.tensorOf(shape, DataBuffers.of(matrix.ids())));
    var mask = new int[matrix.ids().length];
    for (int row = 0; row < matrix.rows(); row++) {
      int start = row * matrix.length();
      java.util.Arrays.fill(mask, start, start + matrix.lengths()[row], 1);
    }
    tensors.put(maskName, TInt32.tensorOf(shape, DataBuffers.of(mask)));
  }
}
