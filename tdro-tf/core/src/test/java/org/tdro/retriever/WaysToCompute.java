package org.tdro.retriever;

import org.tdro.keras.ComputeType;
import org.tdro.keras.Execution;

/** Ways to compute the same step. */
public enum WaysToCompute {
  PLAIN(0, false),
  CHECKPOINTED(0, true),
  CHUNKED(4, false),
  CHUNKED_AND_CHECKPOINTED(3, true);

  private final int chunkSize;
  private final boolean checkpointing;

  WaysToCompute(int chunkSize, boolean checkpointing) {
    this.chunkSize = chunkSize;
    this.checkpointing = checkpointing;
  }

  public ComputeOptions options() {
    return new ComputeOptions(
        chunkSize == 0 ? Execution.direct() : ComputeOptions.inChunks(chunkSize, 1),
        checkpointing,
        ComputeType.FLOAT32);
  }
}
