package org.tdro.mixing.tdro;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.TokenMatrix;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.contrastive.ContrastiveDataset;

/** Batches of 5 queries with 3 passages each, from 3 domains, of 1 to 12 tokens. */
final class SmallBatches {
  static final int DOMAINS = 3;
  static final int PASSAGES = 3;
  static final int TEXTS = 5 * (1 + PASSAGES);

  private SmallBatches() {}

  /** Rows of domain 2 see their own passages only, if {@code hardOnlyRows}. */
  static ContrastiveDataset dataset(boolean hardOnlyRows) {
    return new ContrastiveDataset(SmallBatches::batch, hardOnlyRows ? Set.of(2) : Set.of(), 1, 1);
  }

  private static ContrastiveBatch batch(long number) {
    var random = new SplittableRandom(number);
    return new ContrastiveBatch(
        texts(random, 5), texts(random, 5 * PASSAGES), new int[] {0, 1, 2, 1, 2}, PASSAGES);
  }

  private static TokenMatrix texts(SplittableRandom random, int count) {
    var texts = new int[count][];
    for (int i = 0; i < count; i++) {
      texts[i] =
          random.ints(1 + random.nextInt(12), 1, SmallRetriever.VOCABULARY).toArray();
    }
    return TokenMatrix.pad(texts, 0, 4, 96);
  }

  static List<Double> uniform() {
    return List.of(1.0 / 3, 1.0 / 3, 1.0 / 3);
  }
}
