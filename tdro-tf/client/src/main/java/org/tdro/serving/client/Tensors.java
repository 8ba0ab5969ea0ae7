package org.tdro.serving.client;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.tdro.serving.client.proto.DataType;
import org.tdro.serving.client.proto.TensorProto;
import org.tdro.serving.client.proto.TensorShapeProto;
import org.tdro.text.Tokenizer;

/** Values as TensorFlow's messages hold them: numbers as little-endian bytes in {@code tensor_content}, strings in {@code string_val}. */
public final class Tensors {
  private Tensors() {}

  /**
   * Returns a matrix of integers {@code [rows, length]}.
   *
   * @param values row after row
   */
  public static TensorProto integers(IdType type, int rows, int[] values) {
    boolean isLong = type == IdType.INT64;
    var bytes = ByteBuffer.allocate(values.length * (isLong ? Long.BYTES : Integer.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      if (isLong) {
        bytes.putLong(value);
      } else {
        bytes.putInt(value);
      }
    }
    return TensorProto.newBuilder()
        .setDtype(isLong ? DataType.DT_INT64 : DataType.DT_INT32)
        .setTensorShape(shape(rows, values.length / rows))
        .setTensorContent(ByteString.copyFrom(bytes.array()))
        .build();
  }

  /** Returns texts in UTF-8 as a vector {@code [texts]}. */
  public static TensorProto strings(List<String> texts) {
    var tensor =
        TensorProto.newBuilder().setDtype(DataType.DT_STRING).setTensorShape(shape(texts.size()));
    texts.forEach(text -> tensor.addStringVal(ByteString.copyFromUtf8(Tokenizer.wellFormed(text))));
    return tensor.build();
  }

  /** Returns a matrix of floats {@code [rows, columns]} in {@code float_val}, as TensorFlow Serving answers. */
  public static TensorProto floats(float[][] matrix) {
    var tensor = TensorProto.newBuilder()
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(shape(matrix.length, matrix.length == 0 ? 0 : matrix[0].length));
    for (var row : matrix) {
      for (float value : row) {
        tensor.addFloatVal(value);
      }
    }
    return tensor.build();
  }

  /**
   * Returns the rows of a matrix of floats in {@code float_val} or {@code tensor_content}.
   *
   * @throws IllegalArgumentException if it is another tensor
   */
  static float[][] floats(TensorProto tensor) {
    var shape = tensor.getTensorShape();
    if (tensor.getDtype() != DataType.DT_FLOAT || shape.getDimCount() != 2) {
      throw new IllegalArgumentException("it is not a matrix of floats");
    }
    long rows = shape.getDim(0).getSize();
    long columns = shape.getDim(1).getSize();
    var content = tensor.getTensorContent();
    long values = content.isEmpty() ? tensor.getFloatValCount() : content.size() / Float.BYTES;
    if (rows < 0
        || columns < 0
        || Math.multiplyHigh(rows, columns) != 0
        || rows * columns != values) {
      throw new IllegalArgumentException(
          "it has %d values for a shape of [%d, %d]".formatted(values, rows, columns));
    }
    var numbers = content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    var matrix = new float[(int) rows][(int) columns];
    int next = 0;
    for (var row : matrix) {
      for (int i = 0; i < row.length; i++) {
        row[i] = content.isEmpty() ? tensor.getFloatVal(next++) : numbers.get(next++);
      }
    }
    return matrix;
  }

  private static TensorShapeProto shape(int... sizes) {
    var shape = TensorShapeProto.newBuilder();
    Arrays.stream(sizes)
        .forEach(size -> shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size)));
    return shape.build();
  }
}
