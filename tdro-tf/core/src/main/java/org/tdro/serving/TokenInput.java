package org.tdro.serving;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A batch of texts as a signature takes it: token ids and mask, each {@code [batch, length]}, under two names that have a prefix
 * in common.
 *
 * @param prefix of the names {@value #IDS} and {@value #MASK}; empty where there is one batch alone
 */
record TokenInput(String prefix, TensorInfo ids, TensorInfo mask) {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final int MATRIX = 2;

  /** Returns the batches that a signature takes, by prefix; none if it takes anything else. */
  static List<TokenInput> of(Map<String, TensorInfo> inputs) {
    var found = new TreeMap<String, TokenInput>();
    for (var name : inputs.keySet()) {
      if (name.endsWith(IDS)) {
        var prefix = name.substring(0, name.length() - IDS.length());
        var ids = inputs.get(name);
        var mask = inputs.get(prefix + MASK);
        if (isIntegers(ids) && isIntegers(mask)) {
          found.put(prefix, new TokenInput(prefix, ids, mask));
        }
      }
    }
    return inputs.size() == 2 * found.size() ? List.copyOf(found.values()) : List.of();
  }

  private static boolean isIntegers(TensorInfo info) {
    return info != null
        && info.getTensorShape().getDimCount() == MATRIX
        && (info.getDtype() == DataType.DT_INT32 || info.getDtype() == DataType.DT_INT64);
  }

  String idsName() {
    return prefix + IDS;
  }

  String maskName() {
    return prefix + MASK;
  }

  /** Returns the ids of rows, padded to a length. */
  Tensor idTensor(List<TokenRow> rows, int length) {
    return tensor(ids.getDtype(), rows.stream().map(TokenRow::ids).toList(), length);
  }

  /** Returns the masks of rows; padding is 0. */
  Tensor maskTensor(List<TokenRow> rows, int length) {
    return tensor(mask.getDtype(), rows.stream().map(TokenRow::mask).toList(), length);
  }

  private static Tensor tensor(DataType type, List<int[]> rows, int length) {
    var values = new int[Math.multiplyExact(rows.size(), length)];
    for (int row = 0; row < rows.size(); row++) {
      System.arraycopy(rows.get(row), 0, values, row * length, rows.get(row).length);
    }
    var shape = Shape.of(rows.size(), length);
    return type == DataType.DT_INT32
        ? TInt32.tensorOf(shape, DataBuffers.of(values))
        : TInt64.tensorOf(
            shape, DataBuffers.of(Arrays.stream(values).asLongStream().toArray()));
  }
}
