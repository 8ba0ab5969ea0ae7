package org.tdro.serving.server;

import java.util.List;
import java.util.Optional;
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

/** A signature that takes token ids and mask {@code [batch, length]} and returns embeddings {@code [batch, dimension]}. */
final class ServedSignature implements RowEncoder {
  static final String INPUT_IDS = "input_ids";
  static final String ATTENTION_MASK = "attention_mask";
  private static final int MATRIX = 2;

  private final Session session;
  private final TensorInfo ids;
  private final TensorInfo mask;
  private final TensorInfo output;
  private final String outputName;
  private final int padMultiple;
  private final int maxLength;

  private ServedSignature(
      Session session, SignatureDef signature, String outputName, int padMultiple, int maxLength) {
    this.session = session;
    ids = signature.getInputsOrThrow(INPUT_IDS);
    mask = signature.getInputsOrThrow(ATTENTION_MASK);
    output = signature.getOutputsOrThrow(outputName);
    this.outputName = outputName;
    this.padMultiple = padMultiple;
    this.maxLength = maxLength;
  }

  /**
   * A signature of a loaded model; empty if it is of another kind.
   *
   * @param padMultiple lengths are rounded up to a multiple of this
   * @param maxLength but not above this
   */
  static Optional<ServedSignature> of(
      Session session, SignatureDef signature, int padMultiple, int maxLength) {
    var inputs = signature.getInputsMap();
    var outputs = signature.getOutputsMap();
    boolean fits = inputs.size() == 2
        && isIds(inputs.get(INPUT_IDS))
        && isIds(inputs.get(ATTENTION_MASK))
        && outputs.size() == 1
        && outputs.values().stream().allMatch(info -> isMatrix(info, DataType.DT_FLOAT));
    if (!fits) {
      return Optional.empty();
    }
    var output = outputs.keySet().iterator().next();
    return Optional.of(new ServedSignature(session, signature, output, padMultiple, maxLength));
  }

  private static boolean isIds(TensorInfo info) {
    return info != null && (isMatrix(info, DataType.DT_INT32) || isMatrix(info, DataType.DT_INT64));
  }

  private static boolean isMatrix(TensorInfo info, DataType type) {
    return info.getDtype() == type && info.getTensorShape().getDimCount() == MATRIX;
  }

  /** The tensor that takes token ids, as {@code name:index}. */
  String idsTensor() {
    return ids.getName();
  }

  /** The name of its output. */
  String outputName() {
    return outputName;
  }

  /** Pads the rows to the longest of them and runs the graph. */
  @Override
  public float[][] encode(List<TokenRow> rows) {
    int longest = rows.stream().mapToInt(TokenRow::length).max().orElse(0);
    int rounded = (longest + padMultiple - 1) / padMultiple * padMultiple;
    int length = Math.max(1, Math.max(longest, Math.min(rounded, maxLength)));
    var idValues = new int[rows.size() * length];
    var maskValues = new int[idValues.length];
    for (int row = 0; row < rows.size(); row++) {
      var from = rows.get(row);
      System.arraycopy(from.ids(), 0, idValues, row * length, from.length());
      System.arraycopy(from.mask(), 0, maskValues, row * length, from.length());
    }
    var shape = Shape.of(rows.size(), length);
    try (var idTensor = tensor(ids.getDtype(), shape, idValues);
        var maskTensor = tensor(mask.getDtype(), shape, maskValues);
        var result = session
            .runner()
            .feed(ids.getName(), idTensor)
            .feed(mask.getName(), maskTensor)
            .fetch(output.getName())
            .run()) {
      return rows((TFloat32) result.get(0));
    } catch (TFInvalidArgumentException e) {
      throw ApiException.badRequest("the model refuses the input: " + e.getMessage());
    }
  }

  private static Tensor tensor(DataType type, Shape shape, int[] values) {
    if (type == DataType.DT_INT32) {
      return TInt32.tensorOf(shape, DataBuffers.of(values));
    }
    var wide = java.util.Arrays.stream(values).asLongStream().toArray();
    return TInt64.tensorOf(shape, DataBuffers.of(wide));
  }

  private static float[][] rows(TFloat32 matrix) {
    int rows = Math.toIntExact(matrix.shape().get(0));
    int dimension = Math.toIntExact(matrix.shape().get(1));
    var data = matrix.asRawTensor().data().asFloats();
    var embeddings = new float[rows][dimension];
    for (int row = 0; row < rows; row++) {
      data.offset((long) row * dimension).read(embeddings[row]);
    }
    return embeddings;
  }
}
