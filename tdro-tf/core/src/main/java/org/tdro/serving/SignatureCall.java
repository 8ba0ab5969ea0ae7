package org.tdro.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.text.Tokenizer;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;

/**
 * A signature that takes batches of texts and returns a matrix: {@code [batch, dimension]} embeddings of one batch, or
 * {@code [queries, passages]} scores of two.
 */
final class SignatureCall {
  private static final int MATRIX = 2;

  private final Session session;
  private final List<TokenInput> inputs;
  private final TensorInfo output;
  private final int padMultiple;
  private final int maxLength;

  private SignatureCall(
      Session session, List<TokenInput> inputs, TensorInfo output, int padMultiple, int maxLength) {
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
    var inputs = TokenInput.of(signature.getInputsMap());
    var outputs = List.copyOf(signature.getOutputsMap().values());
    boolean isMatrix = outputs.size() == 1
        && outputs.get(0).getDtype() == DataType.DT_FLOAT
        && outputs.get(0).getTensorShape().getDimCount() == MATRIX;
    return inputs.isEmpty() || !isMatrix
        ? Optional.empty()
        : Optional.of(new SignatureCall(session, inputs, outputs.get(0), padMultiple, maxLength));
  }

  /** Returns the batches that it takes. */
  List<TokenInput> inputs() {
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

  private static float[][] rows(TFloat32 matrix) {
    int rows = Math.toIntExact(matrix.shape().get(0));
    int columns = Math.toIntExact(matrix.shape().get(1));
    var data = matrix.asRawTensor().data().asFloats();
    var values = new float[rows][columns];
    for (int row = 0; row < rows; row++) {
      data.offset((long) row * columns).read(values[row]);
    }
    return values;
  }
}
