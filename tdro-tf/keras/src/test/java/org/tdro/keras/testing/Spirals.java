package org.tdro.keras.testing;

import java.util.Map;
import java.util.OptionalLong;
import org.tdro.keras.Batch;
import org.tdro.keras.Dataset;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Generated data: points on three interleaved spirals, and which of them they lie on. Batch b holds the points b·64 … b·64 + 63. */
public final class Spirals implements Dataset {
  public static final int ROWS = 64;
  private final int batches;

  public Spirals(int batches) {
    this.batches = batches;
  }

  @Override
  public Batch batch(long index) {
    return slice((index % batches) * ROWS, ROWS);
  }

  /** The points first … first + rows − 1. */
  public static Batch slice(long first, int rows) {
    var points = new float[rows * 2];
    var labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      long point = first + row;
      labels[row] = (int) (point % 3);
      double radius = (point * 0.6180339887 % 1);
      double angle = 4 * radius + labels[row] * 2 * Math.PI / 3;
      points[2 * row] = (float) (radius * Math.cos(angle));
      points[2 * row + 1] = (float) (radius * Math.sin(angle));
    }
    return new Batch(
        Map.of(
            "points", TFloat32.tensorOf(Shape.of(rows, 2), DataBuffers.of(points)),
            "labels", TInt32.tensorOf(Shape.of(rows), DataBuffers.of(labels))),
        rows);
  }

  @Override
  public OptionalLong batchesPerEpoch() {
    return OptionalLong.of(batches);
  }
}
