package org.tdro.keras;

import org.tensorflow.types.TInt32;

/** Sequences {@code [rows, width]} and their mask, row-major; {@code lengths} without the padding at the end of each. */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record SequenceMatrix(int[] ids, int[] mask, int width, int[] lengths) {

  /** Copies an input of a batch. */
  static SequenceMatrix of(Batch batch, Encodings.Sequences names) {
    var ids = (TInt32) batch.tensors().get(names.ids());
    int rows = Math.toIntExact(ids.shape().get(0));
    int width = Math.toIntExact(ids.shape().get(1));
    var mask = ints((TInt32) batch.tensors().get(names.mask()));
    var lengths = new int[rows];
    for (int row = 0; row < rows; row++) {
      int length = width;
      while (length > 1 && mask[row * width + length - 1] == 0) {
        length--;
      }
      lengths[row] = length;
    }
    return new SequenceMatrix(ints(ids), mask, width, lengths);
  }

  private static int[] ints(TInt32 tensor) {
    var values = new int[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asInts().read(values);
    return values;
  }

  int rows() {
    return lengths.length;
  }
}
