package org.tdro.serving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tdro.text.Tokenizer;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A signature that takes batches of texts and returns a matrix: {@code [batch, dimension]} embeddings of one batch, or
 * {@code [queries, passages]} scores of two.
 */
final class SignatureCall {
  private static final int MATRIX = 2;

  private final Session session;
  private final List<Input> inputs;
  private final TensorInfo output;
  private final int padMultiple;
  private final int maxLength;

  private SignatureCall(
      Session session, List<Input> inputs, TensorInfo output, int padMultiple, int maxLength) {
    this.session = session;
    this.inputs = inputs;
    this.output = output;
    this.padMultiple = padMultiple;
    this.maxLength = maxLength;
  }

  /**
   * Returns a signature of a loaded model; empty if it is of another kind.
   *
   * @param padMultiple lengths are rounded up to a multiple of this
   * @param maxLength but not above this
   */
  static Optional<SignatureCall> of(
      Session session, SignatureDef signature, int padMultiple, int maxLength) {
    var inputs = Input.of(signature.getInputsMap());
    return inputs.isEmpty()
        ? Optional.empty()
        : matrix(signature)
            .map(output -> new SignatureCall(session, inputs, output, padMultiple, maxLength));
  }

  /** Returns the only output of a signature; empty if there are more, or it is not a matrix of floats. */
  static Optional<TensorInfo> matrix(SignatureDef signature) {
    var outputs = List.copyOf(signature.getOutputsMap().values());
    return Optional.of(outputs)
        .filter(all -> all.size() == 1)
        .map(all -> all.get(0))
        .filter(output -> output.getDtype() == DataType.DT_FLOAT
            && output.getTensorShape().getDimCount() == MATRIX);
  }

  /** Returns the batches that it takes. */
  List<Input> inputs() {
    return inputs;
  }

  /**
   * Pads each batch to the longest row of it and runs the graph.
   *
   * @param batches one for each of {@link #inputs}
   * @throws ApiException 400 if the graph refuses them
   */
  float[][] run(List<List<TokenRow>> batches) {
    var tensors = new ArrayList<Tensor>();
    try {
      var runner = session.runner().fetch(output.getName());
      for (int i = 0; i < inputs.size(); i++) {
        var input = inputs.get(i);
        int length = length(batches.get(i));
        tensors.add(input.idTensor(batches.get(i), length));
        runner.feed(input.ids().getName(), tensors.get(2 * i));
        tensors.add(input.maskTensor(batches.get(i), length));
        runner.feed(input.mask().getName(), tensors.get(2 * i + 1));
      }
      try (var result = runner.run()) {
        return rows((TFloat32) result.get(0));
      }
    } catch (TFInvalidArgumentException e) {
      throw ApiException.badRequest("the model refuses the input: " + e.getMessage());
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private int length(List<TokenRow> rows) {
    int longest = rows.stream().mapToInt(TokenRow::length).max().orElse(0);
    int padded = Tokenizer.paddedLength(longest, padMultiple, maxLength);
    return Math.max(1, Math.max(longest, padded));
  }

  /** Returns the rows of a matrix. */
  static float[][] rows(TFloat32 matrix) {
    int rows = Math.toIntExact(matrix.shape().get(0));
    int columns = Math.toIntExact(matrix.shape().get(1));
    var data = matrix.asRawTensor().data().asFloats();
    var values = new float[rows][columns];
    for (int row = 0; row < rows; row++) {
      data.offset((long) row * columns).read(values[row]);
    }
    return values;
  }

  /**
   * A batch of texts as a signature takes it: token ids and mask, each {@code [batch, length]}, under two names that have a prefix
   * in common.
   *
   * @param prefix of the names {@value #IDS} and {@value #MASK}; empty where there is one batch alone
   */
  record Input(String prefix, TensorInfo ids, TensorInfo mask) {
    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final int MATRIX = 2;

    /** Returns the batches that a signature takes, by prefix; none if it takes anything else. */
    static List<Input> of(Map<String, TensorInfo> inputs) {
      var found = new TreeMap<String, Input>();
      for (var name : inputs.keySet()) {
        if (name.endsWith(IDS)) {
          var prefix = name.substring(0, name.length() - IDS.length());
          var ids = inputs.get(name);
          var mask = inputs.get(prefix + MASK);
          if (isIntegers(ids) && isIntegers(mask)) {
            found.put(prefix, new Input(prefix, ids, mask));
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
}
