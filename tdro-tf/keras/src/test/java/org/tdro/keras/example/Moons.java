package org.tdro.keras.example;

import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.tdro.keras.Batch;
import org.tdro.keras.Dataset;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Generated data: points on two interleaved half circles, with noise, and which of the two they belong to. */
record Moons(long seed, int batches, int rows) implements Dataset {

  @Override
  public Batch batch(long index) {
    var random = new SplittableRandom(seed + index % batches);
    var points = new float[rows * 2];
    var labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      int moon = random.nextInt(2);
      double angle = random.nextDouble(Math.PI);
      double x = moon == 0 ? Math.cos(angle) : 1 - Math.cos(angle);
      double y = moon == 0 ? Math.sin(angle) : 0.5 - Math.sin(angle);
      points[2 * row] = (float) (x + random.nextDouble(-0.2, 0.2));
      points[2 * row + 1] = (float) (y + random.nextDouble(-0.2, 0.2));
      labels[row] = moon;
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
