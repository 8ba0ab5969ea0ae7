package org.tdro.keras;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.tdro.io.CounterRandom;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Arrays of numbers in memory whose first axis is the example; {@link #batch} makes a {@link Dataset} of them. The numbers are
 * copied. Immutable: the methods return other views of the same numbers.
 */
public final class Examples {
  private final List<Column> columns;
  private final int first;
  private final int count;
  private final OptionalLong seed;

  private Examples(List<Column> columns, int first, int count, OptionalLong seed) {
    this.columns = columns;
    this.first = first;
    this.count = count;
    this.seed = seed;
  }

  static Examples of(Map<String, ?> arrays) {
    if (arrays.isEmpty()) {
      throw new IllegalArgumentException("examples need at least one array");
    }
    var columns = new ArrayList<Column>();
    arrays.forEach((name, array) -> columns.add(Column.of(name, array)));
    int rows = columns.get(0).rows();
    for (var column : columns) {
      if (column.rows() != rows) {
        throw new IllegalArgumentException(column.name() + " has " + column.rows()
            + " examples, but " + columns.get(0).name() + " has " + rows);
      }
    }
    return new Examples(List.copyOf(columns), 0, rows, OptionalLong.empty());
  }

  /** The number of examples. */
  public int size() {
    return count;
  }

  /** Returns the first {@code examples}, or all if there are fewer. */
  public Examples take(int examples) {
    return new Examples(columns, first, Math.min(count, requireNotNegative(examples)), seed);
  }

  /** Returns all but the first {@code examples}. */
  public Examples skip(int examples) {
    int skipped = Math.min(count, requireNotNegative(examples));
    return new Examples(columns, first + skipped, count - skipped, seed);
  }

  /** Returns these examples in another order in each epoch, which follows from {@code seed} and the epoch alone. */
  public Examples shuffle(long seed) {
    return new Examples(columns, first, count, OptionalLong.of(seed));
  }

  /**
   * Returns batches of {@code rows} examples. The last one of an epoch is smaller if they do not divide evenly.
   *
   * @throws IllegalArgumentException if there are no examples, or {@code rows} is below 1
   */
  public Dataset batch(int rows) {
    return batches(rows, (count + (long) rows - 1) / Math.max(1, rows));
  }

  /**
   * Returns batches of exactly {@code rows} examples. Those that are left at the end of an epoch are not used in it.
   *
   * @throws IllegalArgumentException if there are fewer examples than {@code rows}, or it is below 1
   */
  public Dataset wholeBatches(int rows) {
    return batches(rows, count / Math.max(1, rows));
  }

  private Dataset batches(int rows, long perEpoch) {
    if (rows < 1) {
      throw new IllegalArgumentException("a batch must have at least 1 row, was " + rows);
    }
    if (perEpoch < 1) {
      throw new IllegalArgumentException(count + " examples do not fill a batch of " + rows);
    }
    return new Batches(this, rows, perEpoch);
  }

  private static int requireNotNegative(int examples) {
    if (examples < 0) {
      throw new IllegalArgumentException(
          "the number of examples must be at least 0, was " + examples);
    }
    return examples;
  }

  /** The examples in the order of {@code epoch}: Fisher and Yates' shuffle with numbers by position. */
  private int[] order(long epoch) {
    var order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = first + i;
    }
    if (seed.isPresent()) {
      for (int i = count - 1; i > 0; i--) {
        int j = CounterRandom.below(i + 1, CounterRandom.bits(seed.getAsLong(), epoch, i));
        int swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
      }
    }
    return order;
  }

  /** The batches of examples, safe for several threads. */
  private static final class Batches implements Dataset {
    private final Examples examples;
    private final int rows;
    private final long perEpoch;
    private volatile Order current;

    private static final class Order {
      private final long epoch;
      private final int[] examples;

      Order(long epoch, int[] examples) {
        this.epoch = epoch;
        this.examples = examples;
      }
    }

    Batches(Examples examples, int rows, long perEpoch) {
      this.examples = examples;
      this.rows = rows;
      this.perEpoch = perEpoch;
    }

    @Override
    public Batch batch(long index) {
      var order = order(index / perEpoch);
      int from = Math.toIntExact(index % perEpoch * rows);
      int size = Math.min(rows, order.length - from);
      var tensors = new LinkedHashMap<String, Tensor>();
      examples.columns.forEach(
          column -> tensors.put(column.name(), column.tensor(order, from, size)));
      return new Batch(tensors, size);
    }

    private int[] order(long epoch) {
      var order = current;
      if (order == null || order.epoch != epoch) {
        order = new Order(epoch, examples.order(epoch));
        current = order;
      }
      return order.examples;
    }

    @Override
    public OptionalLong batchesPerEpoch() {
      return OptionalLong.of(perEpoch);
    }
  }

  /** One array of numbers, {@code float[]} or {@code int[]} in row-major order, and the shape of one example. */
  private record Column(String name, Object values, int rows, Shape shape) {

    static Column of(String name, Object array) {
      var shape = new ArrayList<Long>();
      var at = array;
      while (at != null && at.getClass().isArray()) {
        if (Array.getLength(at) == 0) {
          throw new IllegalArgumentException(name + " has no values");
        }
        shape.add((long) Array.getLength(at));
        at = at instanceof Object[] nested && nested.length > 0 ? nested[0] : null;
      }
      var type = array.getClass();
      while (type.isArray()) {
        type = type.getComponentType();
      }
      if (shape.isEmpty() || (type != float.class && type != int.class)) {
        throw new IllegalArgumentException(
            name + " must be an array of float or int of any rank, was "
                + array.getClass().getSimpleName());
      }
      int size = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
      var values = Array.newInstance(type, size);
      copy(name, array, values, 0, shape, 0);
      var example = shape.stream().skip(1).mapToLong(Long::longValue).toArray();
      return new Column(name, values, Math.toIntExact(shape.get(0)), Shape.of(example));
    }

    private static int copy(
        String name, Object from, Object to, int at, List<Long> shape, int axis) {
      if (from == null) {
        throw new IllegalArgumentException(name + " has a part that is null");
      }
      int length = Array.getLength(from);
      if (length != shape.get(axis)) {
        throw new IllegalArgumentException(name + " is not rectangular: it has parts of "
            + shape.get(axis) + " and of " + length + " values");
      }
      if (axis == shape.size() - 1) {
        System.arraycopy(from, 0, to, at, length);
        return at + length;
      }
      for (var part : (Object[]) from) {
        at = copy(name, part, to, at, shape, axis + 1);
      }
      return at;
    }

    /** The examples {@code order[from]} to {@code order[from + size - 1]} as a tensor that the caller closes. */
    Tensor tensor(int[] order, int from, int size) {
      var dimensions = shape.prepend(size);
      int width = Math.toIntExact(shape.size());
      var chosen = Array.newInstance(values.getClass().getComponentType(), size * width);
      for (int row = 0; row < size; row++) {
        System.arraycopy(values, order[from + row] * width, chosen, row * width, width);
      }
      return chosen instanceof int[] ints
          ? TInt32.tensorOf(dimensions, DataBuffers.of(ints))
          : TFloat32.tensorOf(dimensions, DataBuffers.of((float[]) chosen));
    }
  }
}
