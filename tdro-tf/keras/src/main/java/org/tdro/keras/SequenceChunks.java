package org.tdro.keras;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The sequences of several matrices, sorted by length and cut into chunks, so that little is padding. */
final class SequenceChunks {
  private final List<SequenceMatrix> matrices;
  private final List<Chunk> chunks = new ArrayList<>();

  /** A row of a matrix. */
  private record Place(int matrix, int row, int length) {}

  /** Rows that are encoded together. */
  final class Chunk {
    private final List<Place> places;
    private final int length;

    private Chunk(List<Place> places, int lengthMultiple) {
      this.places = places;
      int longest = 0;
      int widest = 0;
      for (var place : places) {
        longest = Math.max(longest, place.length());
        widest = Math.max(widest, matrices.get(place.matrix()).width());
      }
      // No wider than the batch was: there may be no positions beyond.
      int rounded = (longest + lengthMultiple - 1) / lengthMultiple * lengthMultiple;
      length = Math.min(widest, rounded);
    }

    /** {@code [chunk, length]}, padded with 0. */
    TInt32 ids() {
      return tokens(true);
    }

    /** {@code [chunk, length]}. */
    TInt32 mask() {
      return tokens(false);
    }

    private TInt32 tokens(boolean ids) {
      var values = new int[places.size() * length];
      for (int i = 0; i < places.size(); i++) {
        var place = places.get(i);
        var matrix = matrices.get(place.matrix());
        var from = ids ? matrix.ids() : matrix.mask();
        System.arraycopy(from, place.row() * matrix.width(), values, i * length, place.length());
      }
      return TInt32.tensorOf(Shape.of(places.size(), length), DataBuffers.of(values));
    }

    /** Writes the rows of {@code part [chunk, dimension]} to their places in the matrices' {@code [rows, dimension]}. */
    void scatter(float[] part, List<float[]> whole, int dimension) {
      for (int i = 0; i < places.size(); i++) {
        var place = places.get(i);
        System.arraycopy(
            part, i * dimension, whole.get(place.matrix()), place.row() * dimension, dimension);
      }
    }

    /** The opposite of {@link #scatter}, as a tensor {@code [chunk, dimension]}. */
    TFloat32 gather(List<float[]> whole, int dimension) {
      var part = new float[places.size() * dimension];
      for (int i = 0; i < places.size(); i++) {
        var place = places.get(i);
        System.arraycopy(
            whole.get(place.matrix()), place.row() * dimension, part, i * dimension, dimension);
      }
      return TFloat32.tensorOf(Shape.of(places.size(), dimension), DataBuffers.of(part));
    }
  }

  SequenceChunks(List<SequenceMatrix> matrices, Chunking chunking) {
    this.matrices = matrices;
    var places = new ArrayList<Place>();
    for (int matrix = 0; matrix < matrices.size(); matrix++) {
      var lengths = matrices.get(matrix).lengths();
      for (int row = 0; row < lengths.length; row++) {
        places.add(new Place(matrix, row, lengths[row]));
      }
    }
    // The longest first: the largest allocation comes at the start, where a lack of memory shows at
    // once. The sort is stable, so the order follows from the batch alone.
    places.sort(Comparator.comparingInt(Place::length).reversed());
    for (int start = 0; start < places.size(); start += chunking.sequences()) {
      int end = Math.min(places.size(), start + chunking.sequences());
      chunks.add(new Chunk(places.subList(start, end), chunking.lengthMultiple()));
    }
  }

  List<Chunk> chunks() {
    return chunks;
  }

  /** Room for a vector of each row of each matrix. */
  List<float[]> vectors(int dimension) {
    var vectors = new ArrayList<float[]>();
    matrices.forEach(matrix -> vectors.add(new float[matrix.rows() * dimension]));
    return vectors;
  }
}
