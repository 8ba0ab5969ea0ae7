package org.tdro.keras;

import java.util.OptionalLong;

/**
 * Batches by number. A batch is a pure function of its number, so training resumes at any step without replaying what
 * came before, and there is no iterator to checkpoint.
 */
public interface Dataset extends AutoCloseable {

  /**
   * The micro-batch with that number, from 0. A dataset with {@link #batchesPerEpoch()} = n gives the batches of epoch e
   * at e·n … e·n + n − 1.
   */
  Batch batch(long index);

  /** Batches of one pass over the data; empty for an endless stream. */
  default OptionalLong batchesPerEpoch() {
    return OptionalLong.empty();
  }

  @Override
  default void close() {}
}
