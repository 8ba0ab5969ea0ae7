package org.tdro.data;

import java.util.Arrays;
import org.tdro.text.Tokenizer;

/**
 * Token ids {@code [rows, length]}, row-major, padded on the right.
 *
 * @param rows number of rows
 * @param length columns
 * @param ids {@code rows * length} ids
 * @param lengths number of tokens of each row, without padding
 */
@SuppressWarnings("ArrayRecordComponent") // fed to the graph once, never compared
public record TokenMatrix(int rows, int length, int[] ids, int[] lengths) {
  public TokenMatrix {
    if (ids.length != rows * length) {
      throw new IllegalArgumentException(
          "%d ids are not %d rows of %d".formatted(ids.length, rows, length));
    }
    if (lengths.length != rows) {
      throw new IllegalArgumentException("%d lengths for %d rows".formatted(lengths.length, rows));
    }
  }

  /**
   * Pads rows to their {@linkplain Tokenizer#paddedLength common length}. Rows longer than {@code maxLength} are cut, but keep
   * their last id, which is the end token if there is one.
   *
   * @param bucket lengths are rounded up to a multiple of this
   */
  public static TokenMatrix pad(int[][] rows, int padId, int bucket, int maxLength) {
    var lengths = new int[rows.length];
    int longest = 1;
    for (int i = 0; i < rows.length; i++) {
      lengths[i] = Math.min(rows[i].length, maxLength);
      longest = Math.max(longest, lengths[i]);
    }
    var length = Tokenizer.paddedLength(longest, bucket, maxLength);
    var ids = new int[rows.length * length];
    if (padId != 0) {
      Arrays.fill(ids, padId);
    }
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, ids, i * length, lengths[i]);
      if (lengths[i] < rows[i].length) {
        ids[i * length + lengths[i] - 1] = rows[i][rows[i].length - 1];
      }
    }
    return new TokenMatrix(rows.length, length, ids, lengths);
  }

  /** Returns the mask of the ids: 1 at tokens and 0 at padding, {@code rows * length}. */
  public int[] mask() {
    var mask = new int[ids.length];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(mask, row * length, row * length + lengths[row], 1);
    }
    return mask;
  }
}
