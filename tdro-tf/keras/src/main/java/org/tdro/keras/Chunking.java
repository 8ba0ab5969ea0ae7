package org.tdro.keras;

/**
 * How sequences are cut into chunks that are encoded one after the other.
 *
 * @param sequences of a chunk
 * @param lengthMultiple a chunk is as long as its longest sequence, rounded up to a multiple of this
 */
public record Chunking(int sequences, int lengthMultiple) {
  public Chunking {
    if (sequences < 1 || lengthMultiple < 1) {
      throw new IllegalArgumentException(
          "sequences of a chunk and length multiple must be at least 1, were " + sequences + " and "
              + lengthMultiple);
    }
  }
}
