package org.tdro.retriever;

import org.tdro.keras.ComputeType;
import org.tdro.keras.Execution;

/** Ways to compute the same step. */
public enum WaysToCompute {
  PLAIN(1, 0, false),
  CHECKPOINTED(1, 0, true),
  GROUPED(3, 0, false),
  GROUPED_AND_CHECKPOINTED(2, 0, true),
  CHUNKED(1, 4, false),
  CHUNKED_AND_CHECKPOINTED(1, 3, true);

  private final int lengthGroups;
  private final int chunkSize;
  private final boolean checkpointing;

  WaysToCompute(int lengthGroups, int chunkSize, boolean checkpointing) {
    this.lengthGroups = lengthGroups;
    this.chunkSize = chunkSize;
    this.checkpointing = checkpointing;
  }

  public ComputeOptions options() {
    return new ComputeOptions(execution(), checkpointing, ComputeType.FLOAT32);
  }

  private Execution execution() {
    if (chunkSize > 0) {
      return ComputeOptions.inChunks(chunkSize, 1);
    }
    return lengthGroups > 1 ? ComputeOptions.inLengthGroups(lengthGroups, 1) : Execution.direct();
  }
}
