package org.tdro.retriever.distil;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.tdro.io.InputException;
import org.tdro.search.Embeddings;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * Vectors as their principal components: centred, and turned so that the first component varies most. Of the two signs that a
 * component may have, it gets the one in which its largest coordinate is positive.
 *
 * @param vectors {@code [rows, components]}
 * @param kept share of the variance that these components have
 */
record PrincipalComponents(Embeddings vectors, double kept) {
  private static final int CHUNK_ROWS = 4096;

  /** Without a GPU, the same vectors give the same bits. */
  private static final ConfigProto ON_PROCESSOR =
      ConfigProto.newBuilder().putDeviceCount("GPU", 0).build();

  /**
   * Computes the first {@code count} components in double precision, by the eigenvectors of the covariance.
   *
   * @throws InputException if all vectors are the same
   */
  static PrincipalComponents of(Embeddings vectors, int count) {
    try (var graph = new Graph();
        var session = new Session(graph, ON_PROCESSOR)) {
      return new Computation(Ops.create(graph), session, vectors).run(count);
    }
  }

  /** The parts of the graph. */
  private static final class Computation {
    private final Session session;
    private final Embeddings vectors;
    private final int size;
    private final Placeholder<TFloat32> rows;
    private final Placeholder<TFloat64> mean;
    private final Placeholder<TFloat64> matrix;
    private final MatMul<TFloat64> products;
    private final MatMul<TFloat64> turned;
    private final SelfAdjointEig<TFloat64> eigen;

    Computation(Ops tf, Session session, Embeddings vectors) {
      this.session = session;
      this.vectors = vectors;
      this.size = vectors.dimension();
      rows = tf.placeholder(TFloat32.class);
      mean = tf.placeholder(TFloat64.class);
      matrix = tf.placeholder(TFloat64.class);
      var centred = tf.math.sub(tf.dtypes.cast(rows, TFloat64.class), mean);
      products = tf.linalg.matMul(centred, centred, MatMul.transposeA(true));
      turned = tf.linalg.matMul(centred, matrix);
      eigen = tf.linalg.selfAdjointEig(matrix);
    }

    PrincipalComponents run(int count) {
      try (var centre = TFloat64.vectorOf(mean())) {
        var covariance = covariance(centre);
        double kept;
        double[] basis;
        try (var fed = matrix(covariance, size);
            var result = session
                .runner()
                .feed(matrix.asOutput(), fed)
                .fetch(eigen.e())
                .fetch(eigen.v())
                .run()) {
          kept = kept(doubles((TFloat64) result.get(0)), count);
          basis = basis(doubles((TFloat64) result.get(1)), count);
        }
        return new PrincipalComponents(turned(centre, basis, count), kept);
      }
    }

    private double[] mean() {
      var mean = new double[size];
      for (int i = 0; i < vectors.values().length; i++) {
        mean[i % size] += vectors.values()[i];
      }
      return Arrays.stream(mean).map(sum -> sum / vectors.rows()).toArray();
    }

    /** Returns the covariance times the number of rows, which does not change its eigenvectors. */
    private double[] covariance(TFloat64 centre) {
      var sum = new double[size * size];
      for (int start = 0; start < vectors.rows(); start += CHUNK_ROWS) {
        try (var chunk = chunk(start);
            var result = session
                .runner()
                .feed(rows.asOutput(), chunk)
                .feed(mean.asOutput(), centre)
                .fetch(products)
                .run()) {
          var part = doubles((TFloat64) result.get(0));
          Arrays.setAll(sum, i -> sum[i] + part[i]);
        }
      }
      return sum;
    }

    private Embeddings turned(TFloat64 centre, double[] basis, int count) {
      var values = new float[Math.multiplyExact(vectors.rows(), count)];
      try (var fed = matrix(basis, count)) {
        for (int start = 0; start < vectors.rows(); start += CHUNK_ROWS) {
          try (var chunk = chunk(start);
              var result = session
                  .runner()
                  .feed(rows.asOutput(), chunk)
                  .feed(mean.asOutput(), centre)
                  .feed(matrix.asOutput(), fed)
                  .fetch(turned)
                  .run()) {
            var part = doubles((TFloat64) result.get(0));
            for (int i = 0; i < part.length; i++) {
              values[start * count + i] = (float) part[i];
            }
          }
        }
      }
      return new Embeddings(vectors.rows(), count, values);
    }

    private TFloat32 chunk(int start) {
      int length = Math.min(CHUNK_ROWS, vectors.rows() - start);
      var values =
          FloatBuffer.wrap(vectors.values(), start * size, length * size).slice();
      return TFloat32.tensorOf(Shape.of(length, size), DataBuffers.of(values));
    }

    private TFloat64 matrix(double[] values, int columns) {
      return TFloat64.tensorOf(Shape.of(size, columns), DataBuffers.of(values));
    }

    private static double[] doubles(TFloat64 tensor) {
      var values = new double[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asDoubles().read(values);
      return values;
    }

    /** Returns the share that the last {@code count} of the ascending eigenvalues have in their sum. */
    private double kept(double[] eigenvalues, int count) {
      double all = Arrays.stream(eigenvalues).sum();
      if (!(all > 0)) {
        throw new InputException(
            "all tokens have the same vector, which tells no text from another");
      }
      return Arrays.stream(eigenvalues, size - count, size).sum() / all;
    }

    /** Returns the last {@code count} of the eigenvectors, which are columns, the last one first; {@code [size, count]}. */
    private double[] basis(double[] eigenvectors, int count) {
      var basis = new double[size * count];
      for (int component = 0; component < count; component++) {
        int column = size - 1 - component;
        double largest = 0;
        for (int row = 0; row < size; row++) {
          double value = eigenvectors[row * size + column];
          largest = Math.abs(value) > Math.abs(largest) ? value : largest;
        }
        for (int row = 0; row < size; row++) {
          basis[row * count + component] = Math.signum(largest) * eigenvectors[row * size + column];
        }
      }
      return basis;
    }
  }
}
