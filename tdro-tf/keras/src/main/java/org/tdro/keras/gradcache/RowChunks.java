package org.tdro.keras.gradcache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.tdro.keras.gradcache.GradientCache.RowLengths;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * The rows of several groups of inputs, cut into chunks. A group is what one call of an encoder asks for, such as the
 * tokens of queries and their mask. Where rows have lengths, those of like length share a chunk, so that little is padding.
 */
final class RowChunks {
  private final List<Group> groups = new ArrayList<>();
  private final List<Chunk> chunks = new ArrayList<>();

  /**
   * Cuts rows into chunks.
   *
   * @param inputs a list for each group, alike but for rows and width
   * @param chunkRows rows of a chunk
   * @param rowLengths empty to take rows whole and in order
   */
  RowChunks(List<List<Tensor>> inputs, int chunkRows, Optional<RowLengths> rowLengths) {
    var places = new ArrayList<Place>();
    for (var tensors : inputs) {
      var group = Group.of(tensors, rowLengths);
      for (int row = 0; row < group.lengths().length; row++) {
        places.add(new Place(group, groups.size(), row, group.lengths()[row]));
      }
      groups.add(group);
    }
    // The longest first: the largest allocation comes at the start, where a lack of memory shows at
    // once. The sort is stable, so the order follows from the batch alone.
    places.sort(Comparator.comparingInt(Place::length).reversed());
    for (int start = 0; start < places.size(); start += chunkRows) {
      var rows = places.subList(start, Math.min(places.size(), start + chunkRows));
      int longest = rows.get(0).length();
      int widest = rows.stream().mapToInt(place -> place.group().width()).max().orElseThrow();
      // No wider than the batch was: there may be no positions beyond.
      int width = Math.min(widest, rowLengths.map(some -> some.width(longest)).orElse(longest));
      chunks.add(new Chunk(rows, width));
    }
  }

  /** Returns the chunks, those of the longest rows first. */
  List<Chunk> chunks() {
    return chunks;
  }

  /** Returns room for a vector of each row: {@code [rows, dimension]} for each group. */
  List<float[]> vectors(int dimension) {
    var vectors = new ArrayList<float[]>();
    groups.forEach(group -> vectors.add(new float[group.lengths().length * dimension]));
    return vectors;
  }

  /** A row of a group. */
  private record Place(Group group, int groupIndex, int row, int length) {}

  /** The inputs of one call: {@code [rows, width, ...]} where rows have lengths, else {@code [rows, ...]} of width 1. */
  @SuppressWarnings("ArrayRecordComponent") // copied from, never compared
  private record Group(List<Input> inputs, int width, int[] lengths) {

    static Group of(List<Tensor> tensors, Optional<RowLengths> rowLengths) {
      int axes = rowLengths.isPresent() ? 2 : 1;
      for (var tensor : tensors) {
        if (tensor.rank() < axes
            || !tensor.shape().take(axes).equals(tensors.get(0).shape().take(axes))) {
          throw new IllegalArgumentException("inputs that are encoded together must be alike in "
              + (axes == 1 ? "rows" : "rows and width") + ", but are "
              + tensors.stream().map(Tensor::shape).toList());
        }
      }
      var shape = tensors.get(0).shape().take(axes);
      var lengths = new int[Math.toIntExact(shape.get(0))];
      Arrays.fill(lengths, 1);
      return new Group(
          tensors.stream().map(tensor -> Input.of(tensor, axes)).toList(),
          axes == 1 ? 1 : Math.toIntExact(shape.get(1)),
          rowLengths.map(some -> some.of(tensors)).orElse(lengths));
    }
  }

  /** The bytes of an input; a position is an element of a padded row, or a whole row. */
  @SuppressWarnings("ArrayRecordComponent") // copied from, never compared
  private record Input(
      Class<? extends TType> type, int axes, Shape position, int positionBytes, byte[] data) {

    static Input of(Tensor tensor, int axes) {
      var bytes = new byte[Math.toIntExact(tensor.numBytes())];
      tensor.asRawTensor().data().read(bytes);
      var position = tensor.shape().subShape(axes, tensor.rank());
      long positions = Math.max(1, tensor.shape().take(axes).size());
      return new Input(
          ((TType) tensor).type(),
          axes,
          position,
          Math.toIntExact(bytes.length / positions),
          bytes);
    }
  }

  /** Rows that are encoded together, the longest first. */
  static final class Chunk {
    private final List<Place> places;
    private final int width;

    private Chunk(List<Place> places, int width) {
      this.places = places;
      this.width = width;
    }

    /** Returns one of the inputs, {@code [chunk, width, ...]} padded with 0; the caller closes it. */
    Tensor input(int index) {
      var like = places.get(0).group().inputs().get(index);
      var data = new byte[places.size() * width * like.positionBytes()];
      for (int i = 0; i < places.size(); i++) {
        var place = places.get(i);
        var input = place.group().inputs().get(index);
        if (!input.position().equals(like.position())) {
          throw new IllegalArgumentException("rows of one encoder must be alike, but there are "
              + like.position() + " and " + input.position());
        }
        int bytes = input.positionBytes();
        System.arraycopy(
            input.data(),
            place.row() * place.group().width() * bytes,
            data,
            i * width * bytes,
            place.length() * bytes);
      }
      var rows = like.axes() == 1 ? Shape.of(places.size()) : Shape.of(places.size(), width);
      return Tensor.of(like.type(), rows.append(like.position()), DataBuffers.of(data));
    }

    /** Writes the rows of {@code part [chunk, dimension]} to their places in each group's {@code [rows, dimension]}. */
    void scatter(float[] part, List<float[]> whole, int dimension) {
      for (int i = 0; i < places.size(); i++) {
        var place = places.get(i);
        System.arraycopy(
            part, i * dimension, whole.get(place.groupIndex()), place.row() * dimension, dimension);
      }
    }

    /** The opposite of {@link #scatter}, as a tensor {@code [chunk, dimension]}. */
    TFloat32 gather(List<float[]> whole, int dimension) {
      var part = new float[places.size() * dimension];
      for (int i = 0; i < places.size(); i++) {
        var place = places.get(i);
        System.arraycopy(
            whole.get(place.groupIndex()), place.row() * dimension, part, i * dimension, dimension);
      }
      return TFloat32.tensorOf(Shape.of(places.size(), dimension), DataBuffers.of(part));
    }
  }
}
