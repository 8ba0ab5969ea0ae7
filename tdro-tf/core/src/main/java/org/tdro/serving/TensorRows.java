package org.tdro.serving;

import com.google.protobuf.ByteString;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.tdro.serving.PredictRequest.Column;
import org.tdro.serving.client.proto.DataType;
import org.tdro.serving.client.proto.TensorProto;
import org.tdro.serving.client.proto.TensorShapeProto;
import org.tensorflow.proto.TensorInfo;

/**
 * Reads the tensors of a predict request as rows. Shapes are checked against limits before anything of their size is made, so that
 * a small message cannot ask for much memory. All complaints are {@link ApiException}s with status 400.
 *
 * @param inputs what the signature takes, by name
 * @param length longest row of integers
 */
record TensorRows(Map<String, TensorInfo> inputs, ServerOptions.Limits limits, int length) {
  /**
   * Returns the rows of each tensor.
   *
   * @throws ApiException 400 if the signature has no such input, or the tensor is of another type or shape, is larger than the limits
   *     or does not have the values of its shape
   */
  Map<String, Column> read(Map<String, TensorProto> tensors) {
    var columns = new LinkedHashMap<String, Column>();
    tensors.forEach((name, tensor) -> {
      var expected = inputs.get(name);
      if (expected == null) {
        throw PredictRequest.unknownInput(name, inputs.keySet());
      }
      columns.put(name, read(name, expected, tensor));
    });
    return columns;
  }

  private Column read(String name, TensorInfo expected, TensorProto tensor) {
    // As TensorFlow Serving, which converts no types.
    if (tensor.getDtypeValue() != expected.getDtypeValue()) {
      throw ApiException.badRequest("%s must be %s, was %s"
          .formatted(
              name,
              expected.getDtype(),
              tensor.getDtype() == DataType.UNRECOGNIZED
                  ? "type " + tensor.getDtypeValue()
                  : tensor.getDtype()));
    }
    return tensor.getDtype() == DataType.DT_STRING ? strings(name, tensor) : integers(name, tensor);
  }

  private Column strings(String name, TensorProto tensor) {
    int rows = shape(name, tensor.getTensorShape(), List.of("rows"), List.of(limits.texts()))
        .get(0);
    if (!tensor.getTensorContent().isEmpty()) {
      throw ApiException.badRequest(
          name + " must have its strings in string_val, not in tensor_content");
    }
    int given = values(name, tensor.getStringValCount(), rows);
    var column = new Column();
    var bytes = new byte[0];
    long all = 0;
    for (int row = 0; row < rows; row++) {
      if (row < given) {
        var string = tensor.getStringVal(row);
        if (string.size() > limits.textBytes()) {
          throw ApiException.badRequest(
              "row %d of %s has %d bytes, more than %d, the most that is accepted"
                  .formatted(row, name, string.size(), limits.textBytes()));
        }
        bytes = string.toByteArray();
      }
      all += bytes.length;
      requireWithinBody(name, all);
      column.add(bytes);
    }
    return column;
  }

  private Column integers(String name, TensorProto tensor) {
    var shape = shape(
        name, tensor.getTensorShape(), List.of("rows", "length"), List.of(limits.texts(), length));
    int rows = shape.get(0);
    int columns = shape.get(1);
    requireWithinBody(name, (long) Integer.BYTES * rows * columns);
    boolean isLong = tensor.getDtype() == DataType.DT_INT64;
    var content = tensor.getTensorContent();
    IntToLongFunction value;
    int given;
    if (content.isEmpty()) {
      value = isLong ? tensor::getInt64Val : tensor::getIntVal;
      given = values(
          name, isLong ? tensor.getInt64ValCount() : tensor.getIntValCount(), rows * columns);
    } else {
      value = content(content, isLong);
      given = rows * columns;
      long bytes = (long) given * (isLong ? Long.BYTES : Integer.BYTES);
      if (content.size() != bytes) {
        throw ApiException.badRequest(
            "%s has %d bytes of tensor_content; its shape [%d, %d] takes %d"
                .formatted(name, content.size(), rows, columns, bytes));
      }
    }
    var column = new Column();
    for (int row = 0; row < rows; row++) {
      var ids = new int[columns];
      for (int i = 0; i < columns; i++) {
        ids[i] = integer(name, value.applyAsLong(Math.min(row * columns + i, given - 1)));
      }
      column.add(ids);
    }
    return column;
  }

  /** Requires that repeated values take no more than they could if all of them were sent. */
  private void requireWithinBody(String name, long bytes) {
    if (bytes > limits.bodyBytes()) {
      throw ApiException.badRequest(
          "%s has more than %d bytes, the most of a request, with its last value repeated"
              .formatted(name, limits.bodyBytes()));
    }
  }

  private static IntToLongFunction content(ByteString content, boolean isLong) {
    var bytes = content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return isLong
        ? index -> bytes.getLong(index * Long.BYTES)
        : index -> bytes.getInt(index * Integer.BYTES);
  }

  private static int integer(String name, long value) {
    if ((int) value != value) {
      throw ApiException.badRequest(
          "%s has %d, which is not a 32-bit integer".formatted(name, value));
    }
    return (int) value;
  }

  /** Returns the sizes of a shape's axes, each at least 0 and within its limit. */
  private static List<Integer> shape(
      String name, TensorShapeProto shape, List<String> axes, List<Integer> limits) {
    var sizes = shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
    if (shape.getUnknownRank() || sizes.size() != axes.size()) {
      throw ApiException.badRequest("%s must have the shape %s, has %s"
          .formatted(name, axes, shape.getUnknownRank() ? "none" : sizes));
    }
    for (int axis = 0; axis < sizes.size(); axis++) {
      if (sizes.get(axis) < 0 || sizes.get(axis) > limits.get(axis)) {
        throw ApiException.badRequest("%s has the shape %s; %s must be from 0 to %d"
            .formatted(name, sizes, axes.get(axis), limits.get(axis)));
      }
    }
    return sizes.stream().map(Math::toIntExact).toList();
  }

  /**
   * Returns the number of values, which may be fewer than the shape's: TensorFlow repeats the last one. It makes zeros of none and
   * passes over those that are too many; here both are errors.
   */
  private static int values(String name, int given, int expected) {
    if (given > expected || (given == 0 && expected > 0)) {
      throw ApiException.badRequest(
          "%s has %d values, its shape %d".formatted(name, given, expected));
    }
    return given;
  }
}
