package org.tdro.retriever.contrastive;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.ContrastiveBatch.TeacherScores;
import org.tdro.data.TokenMatrix;
import org.tdro.keras.Batch;
import org.tdro.keras.Dataset;
import org.tdro.keras.Prefetcher;
import org.tdro.retriever.EncoderModel;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Contrastive batches as the inputs of a {@link ContrastiveModel}, computed ahead on other threads. */
public final class ContrastiveDataset implements Dataset {
  private final ContrastiveBatch.Source source;
  private final Prefetcher<Optional<ContrastiveBatch>> ahead;
  private final Set<Integer> hardOnlyDomains;
  private final AtomicLong tokens = new AtomicLong();

  /**
   * Creates a dataset of the batches of {@code source}.
   *
   * @param hardOnlyDomains domains whose rows see their own passages only; empty where the model has no such input
   * @param depth batches that may wait
   * @param threads that make them
   */
  public ContrastiveDataset(
      ContrastiveBatch.Source source, Set<Integer> hardOnlyDomains, int depth, int threads) {
    this.source = source;
    this.ahead = new Prefetcher<>(this::ifDecided, depth, threads);
    this.hardOnlyDomains = Set.copyOf(hardOnlyDomains);
  }

  private Optional<ContrastiveBatch> ifDecided(long number) {
    return source.isDecided(number) ? Optional.of(source.batch(number)) : Optional.empty();
  }

  @Override
  public Batch batch(long index) {
    // A batch that was not decided yet when it should have been made ahead is made now.
    var batch = ahead.get(index).orElseGet(() -> source.batch(index));
    tokens.addAndGet(tokens(batch.queries()) + tokens(batch.passages()));
    var tensors = new HashMap<String, Tensor>();
    try {
      put(tensors, batch);
      return new Batch(tensors, batch.size());
    } catch (RuntimeException | Error e) {
      tensors.values().forEach(Tensor::close);
      throw e;
    }
  }

  private static long tokens(TokenMatrix texts) {
    return IntStream.of(texts.lengths()).asLongStream().sum();
  }

  /** Returns the number of tokens in the batches so far, padding left out; may be called from any thread. */
  public long tokens() {
    return tokens.get();
  }

  /** Returns the number of batches that are ready and wait; may be called from any thread. */
  public int waiting() {
    return ahead.waiting();
  }

  private void put(Map<String, Tensor> tensors, ContrastiveBatch batch) {
    EncoderModel.put(
        tensors, ContrastiveModel.QUERY_IDS, ContrastiveModel.QUERY_MASK, batch.queries());
    EncoderModel.put(
        tensors, ContrastiveModel.PASSAGE_IDS, ContrastiveModel.PASSAGE_MASK, batch.passages());
    var domains = batch.domainIds();
    tensors.put(
        ContrastiveModel.DOMAIN_IDS,
        TInt32.tensorOf(Shape.of(domains.length), DataBuffers.of(domains)));
    var pairs = batch.alsoRelevant();
    tensors.put(
        ContrastiveModel.ALSO_RELEVANT,
        TInt32.tensorOf(Shape.of(pairs.length / 2, 2), DataBuffers.of(pairs)));
    if (!hardOnlyDomains.isEmpty()) {
      var rows = new boolean[domains.length];
      for (int i = 0; i < domains.length; i++) {
        rows[i] = hardOnlyDomains.contains(domains[i]);
      }
      tensors.put(ContrastiveModel.HARD_ONLY, booleans(rows));
    }
    batch.teacher().ifPresent(teacher -> put(tensors, teacher, batch.passagesPerQuery()));
  }

  private static void put(Map<String, Tensor> tensors, TeacherScores teacher, int perQuery) {
    var present = teacher.present();
    tensors.put(
        ContrastiveModel.TEACHER_SCORES,
        TFloat32.tensorOf(Shape.of(present.length, perQuery), DataBuffers.of(teacher.scores())));
    tensors.put(ContrastiveModel.HAS_TEACHER, booleans(present));
  }

  private static TBool booleans(boolean[] values) {
    return TBool.tensorOf(Shape.of(values.length), DataBuffers.of(values));
  }

  @Override
  public void close() {
    ahead.close();
  }
}
