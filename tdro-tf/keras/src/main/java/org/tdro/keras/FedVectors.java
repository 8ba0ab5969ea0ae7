package org.tdro.keras;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Owns the tensors of vectors that a run is fed. */
final class FedVectors implements AutoCloseable {
  private final Session.Runner runner;
  private final List<TFloat32> tensors = new ArrayList<>();

  FedVectors(Session.Runner runner) {
    this.runner = runner;
  }

  /** Feeds {@code values [rows, dimension]}. */
  void add(Operand<TFloat32> placeholder, float[] values, int dimension) {
    var shape = Shape.of(values.length / dimension, dimension);
    var tensor = TFloat32.tensorOf(shape, DataBuffers.of(values));
    tensors.add(tensor);
    runner.feed(placeholder, tensor);
  }

  @Override
  public void close() {
    tensors.forEach(TFloat32::close);
  }
}
