package org.tdro.serving;

import java.util.Arrays;

/**
 * A tokenised text as the model takes it.
 *
 * @param ids token ids
 * @param mask 1 at tokens and 0 at padding, as long as {@code ids}
 */
@SuppressWarnings("ArrayRecordComponent") // fed to the graph once, never compared
record TokenRow(int[] ids, int[] mask) {
  TokenRow {
    if (ids.length != mask.length) {
      throw new IllegalArgumentException(
          "%d ids and a mask of %d".formatted(ids.length, mask.length));
    }
  }

  /** Returns a text without padding. */
  static TokenRow of(int[] ids) {
    var mask = new int[ids.length];
    Arrays.fill(mask, 1);
    return new TokenRow(ids, mask);
  }

  int length() {
    return ids.length;
  }
}
