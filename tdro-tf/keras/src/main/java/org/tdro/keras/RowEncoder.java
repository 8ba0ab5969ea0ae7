package org.tdro.keras;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** An encoder of rows: one vector for each row of its inputs, which depends on that row alone and not on padding. */
public interface RowEncoder {

  /**
   * Returns the vectors of rows.
   *
   * @param rows the inputs, the first axis of each is the row
   * @return {@code [rows, dimension]}
   */
  Operand<TFloat32> call(CallContext context, List<Operand<?>> rows);

  /** Returns the size of a vector. */
  int dimension();
}
