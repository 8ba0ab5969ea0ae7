package org.tdro.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** A signature that takes strings, each input {@code [batch]}, and returns embeddings {@code [batch, dimension]}. */
final class StringCall {
  private final Session session;
  /** The inputs by name. */
  private final Map<String, TensorInfo> inputs;

  private final TensorInfo output;

  private StringCall(Session session, Map<String, TensorInfo> inputs, TensorInfo output) {
    this.session = session;
    this.inputs = inputs;
    this.output = output;
  }

  /** Returns a signature of a loaded model; empty if it is of another kind. */
  static Optional<StringCall> of(Session session, SignatureDef signature) {
    var inputs = new TreeMap<>(signature.getInputsMap());
    boolean areStrings = !inputs.isEmpty()
        && inputs.values().stream()
            .allMatch(input -> input.getDtype() == DataType.DT_STRING
                && input.getTensorShape().getDimCount() == 1);
    return areStrings
        ? SignatureCall.matrix(signature).map(output -> new StringCall(session, inputs, output))
        : Optional.empty();
  }

  /** Returns the names of the inputs in alphabetical order, which is that of the values of a row. */
  List<String> names() {
    return List.copyOf(inputs.keySet());
  }

  /**
   * Runs the graph.
   *
   * @throws ApiException 400 if the graph refuses the rows
   */
  float[][] run(List<StringRow> rows) {
    var tensors = new ArrayList<Tensor>();
    try {
      var runner = session.runner().fetch(output.getName());
      int column = 0;
      for (var input : inputs.values()) {
        var tensor = tensor(rows, column++);
        tensors.add(tensor);
        runner.feed(input.getName(), tensor);
      }
      try (var result = runner.run()) {
        return SignatureCall.rows((TFloat32) result.get(0));
      }
    } catch (TFInvalidArgumentException e) {
      throw ApiException.badRequest("the model refuses the input: " + e.getMessage());
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private static TString tensor(List<StringRow> rows, int column) {
    var values = NdArrays.ofObjects(byte[].class, Shape.of(rows.size()));
    for (int row = 0; row < rows.size(); row++) {
      values.setObject(rows.get(row).values().get(column), row);
    }
    return TString.tensorOfBytes(values);
  }
}
