package org.tdro.keras;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Batches by number. A batch is a pure function of its number, so training resumes at any step without replaying what
 * came before, and there is no iterator to checkpoint.
 */
public interface Dataset extends AutoCloseable {
  /** The name of the input of models that have one. */
  String INPUT = "x";

  /** The name of labels, unless a loss or metric is told another. */
  String LABELS = "y";

  /**
   * The micro-batch with that number, from 0. A dataset with {@link #batchesPerEpoch()} = n gives the batches of epoch e
   * at e·n … e·n + n − 1.
   */
  Batch batch(long index);

  /** Batches of one pass over the data; empty for an endless stream. */
  default OptionalLong batchesPerEpoch() {
    return OptionalLong.empty();
  }

  /**
   * Returns the same batches, up to {@code batches} of them made ahead on another thread. Whoever closes it closes this dataset
   * too.
   */
  default Dataset prefetch(int batches) {
    return new PrefetchedDataset(this, batches);
  }

  /** Returns examples with one input, {@value #INPUT}. */
  static Examples of(Object x) {
    return Examples.of(Map.of(INPUT, x));
  }

  /**
   * Returns examples with one input, {@value #INPUT}, and labels, {@value #LABELS}.
   *
   * @param x array of float or int of any rank, the first axis being the example, such as {@code float[][]}
   * @param y likewise: {@code int[]} for classes, {@code float[]} or {@code float[][]} for numbers
   * @throws IllegalArgumentException if the arrays are of another type, not rectangular or of different lengths
   */
  static Examples of(Object x, Object y) {
    return of(Map.of(INPUT, x), y);
  }

  /** Returns examples with several inputs by name, and labels, {@value #LABELS}; arrays as of {@link #of(Object, Object)}. */
  static Examples of(Map<String, ?> inputs, Object y) {
    var arrays = new LinkedHashMap<String, Object>(inputs);
    arrays.put(LABELS, y);
    return Examples.of(arrays);
  }

  /** Returns examples with the arrays of that name, labels among them; arrays as of {@link #of(Object, Object)}. */
  static Examples of(Map<String, ?> arrays) {
    return Examples.of(arrays);
  }

  @Override
  default void close() {}
}
