package org.tdro.serving;

import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TIntegral;

/** The integer type of the token ids that a SavedModel takes. */
public enum IdType {
  INT32(TInt32.class),
  INT64(TInt64.class);

  private final Class<? extends TIntegral> type;

  IdType(Class<? extends TIntegral> type) {
    this.type = type;
  }

  Class<? extends TIntegral> type() {
    return type;
  }
}
