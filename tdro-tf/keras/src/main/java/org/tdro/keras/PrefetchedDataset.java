package org.tdro.keras;

import java.util.OptionalLong;

/** Makes the batches of another dataset ahead, on a thread of its own; closes both. */
final class PrefetchedDataset implements Dataset {
  private final Dataset source;
  private final Prefetcher<Batch> prefetcher;

  PrefetchedDataset(Dataset source, int batches) {
    this.source = source;
    this.prefetcher = new Prefetcher<>(source::batch, batches, 1, Batch::close);
  }

  @Override
  public Batch batch(long index) {
    return prefetcher.get(index);
  }

  @Override
  public OptionalLong batchesPerEpoch() {
    return source.batchesPerEpoch();
  }

  @Override
  public void close() {
    prefetcher.close();
    source.close();
  }
}
