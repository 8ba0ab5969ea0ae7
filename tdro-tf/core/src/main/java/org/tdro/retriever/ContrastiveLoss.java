package org.tdro.retriever;

import java.util.List;
import java.util.Optional;
import org.tdro.config.Inline;
import org.tdro.io.Checks;
import org.tdro.keras.CallContext;
import org.tdro.keras.Dimension;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * InfoNCE (van den Oord et al. 2018): for a query q with positive p and negatives N,
 * −log( exp(q·p/τ) / Σ_{d ∈ {p} ∪ N} exp(q·d/τ) ).
 *
 * @param temperature τ
 * @param negatives which passages of the batch are N
 * @param hardOnlyDomains domains whose rows see only their own passages even where others see the batch
 * @param matryoshka sizes of the embeddings of which the loss is a mean
 * @param distillation the part of it, at each of these sizes, that is the divergence from a teacher's scores
 */
public record ContrastiveLoss(
    float temperature,
    Negatives negatives,
    List<String> hardOnlyDomains,
    @Inline(prefix = "matryoshka-") Matryoshka matryoshka,
    Distillation distillation) {

  /** Which passages serve as negatives. */
  public enum Negatives {
    /** Its own hard negatives and the passages of all other queries of the batch. */
    IN_BATCH,
    /** Its own hard negatives only. */
    HARD_ONLY
  }

  /** Added to the scores of passages that a row does not see: exp underflows to 0. */
  private static final float MASKED = -1e9f;

  /**
   * The embeddings of a batch.
   *
   * @param queries {@code [batch, dim]}
   * @param passages {@code [batch · n, dim]}; those of query i are rows i·n … i·n + n − 1, the positive first
   * @param passagesPerQuery n
   * @param normalized whether they have unit length
   */
  public record Rows(
      Operand<TFloat32> queries,
      Operand<TFloat32> passages,
      int passagesPerQuery,
      boolean normalized) {}

  public ContrastiveLoss {
    hardOnlyDomains = List.copyOf(hardOnlyDomains);
    new Checks().positive("temperature", temperature).done();
  }

  /** InfoNCE alone. */
  public ContrastiveLoss(float temperature, Negatives negatives) {
    this(temperature, negatives, List.of(), Matryoshka.NONE, Distillation.NONE);
  }

  /** Returns the same as a mean over sizes of the embeddings. */
  public ContrastiveLoss with(Matryoshka sizes) {
    return new ContrastiveLoss(temperature, negatives, hardOnlyDomains, sizes, distillation);
  }

  /** Returns the same with distillation. */
  public ContrastiveLoss with(Distillation teacher) {
    return new ContrastiveLoss(temperature, negatives, hardOnlyDomains, matryoshka, teacher);
  }

  /**
   * Returns the loss of every query.
   *
   * @param hardOnlyRows {@code [batch]}: with {@link Negatives#IN_BATCH}, the rows that see their own passages only
   * @param teacher what to distil; needed exactly where {@link #distillation} is on
   * @return {@code [batch]}
   */
  public Operand<TFloat32> call(
      Ops tf,
      Rows rows,
      Optional<Operand<TBool>> hardOnlyRows,
      Optional<Distillation.Teacher> teacher) {
    if (rows.passagesPerQuery() < 2 && (negatives == Negatives.HARD_ONLY || distillation.isOn())) {
      throw new IllegalArgumentException(
          "hard negatives only, and distillation, need at least 2 passages a query, was "
              + rows.passagesPerQuery());
    }
    if (distillation.isOn() != teacher.isPresent()) {
      throw new IllegalArgumentException("distillation and teacher scores belong together");
    }
    return matryoshka.mean(
        tf,
        rows.queries(),
        rows.passages(),
        rows.normalized(),
        (q, p) -> ofSize(tf, q, p, rows.passagesPerQuery(), hardOnlyRows, teacher));
  }

  /** The loss with embeddings of one size. */
  private Operand<TFloat32> ofSize(
      Ops tf,
      Operand<TFloat32> queries,
      Operand<TFloat32> passages,
      int n,
      Optional<Operand<TBool>> hardOnlyRows,
      Optional<Distillation.Teacher> teacher) {
    var infoNce = negatives == Negatives.HARD_ONLY
        ? hardOnly(tf, queries, passages, n)
        : inBatch(tf, queries, passages, n, hardOnlyRows);
    return distillation.isOn()
        ? distillation.mix(tf, infoNce, ownScores(tf, queries, passages, n), teacher.orElseThrow())
        : infoNce;
  }

  /** The scores of each query's own passages, {@code [batch, n]}. */
  private Operand<TFloat32> ownScores(
      Ops tf, Operand<TFloat32> queries, Operand<TFloat32> passages, int n) {
    int dim = (int) queries.shape().get(-1);
    var own = tf.reshape(passages, tf.constant(new int[] {-1, n, dim}));
    var products =
        CallContext.inference(tf).batchMatMul(tf.expandDims(queries, tf.constant(1)), own, true);
    return scaled(tf, tf.reshape(products, tf.constant(new int[] {-1, n})));
  }

  private Operand<TFloat32> hardOnly(
      Ops tf, Operand<TFloat32> queries, Operand<TFloat32> passages, int n) {
    var batch = Dimension.of(tf, queries, 0);
    var first = tf.zeros(tf.reshape(batch, tf.constant(new int[] {1})), TInt32.class);
    return crossEntropy(tf, ownScores(tf, queries, passages, n), first, tf.constant(n));
  }

  private Operand<TFloat32> inBatch(
      Ops tf,
      Operand<TFloat32> queries,
      Operand<TFloat32> passages,
      int n,
      Optional<Operand<TBool>> hardOnlyRows) {
    var batch = Dimension.of(tf, queries, 0);
    var columns = tf.math.mul(batch, tf.constant(n));
    var rows = tf.range(tf.constant(0), batch, tf.constant(1));
    Operand<TFloat32> scores = scaled(
        tf, tf.linalg.matMul(queries, passages, org.tensorflow.op.linalg.MatMul.transposeB(true)));
    if (hardOnlyRows.isPresent()) {
      var owner =
          tf.math.floorDiv(tf.range(tf.constant(0), columns, tf.constant(1)), tf.constant(n));
      var foreign = tf.math.notEqual(
          tf.expandDims(rows, tf.constant(1)), tf.expandDims(owner, tf.constant(0)));
      var hidden = tf.math.logicalAnd(foreign, tf.expandDims(hardOnlyRows.get(), tf.constant(1)));
      scores = tf.select(hidden, tf.fill(tf.shape(scores), tf.constant(MASKED)), scores);
    }
    return crossEntropy(tf, scores, tf.math.mul(rows, tf.constant(n)), columns);
  }

  private Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> products) {
    return tf.math.mul(products, tf.constant(1 / temperature));
  }

  private static Operand<TFloat32> crossEntropy(
      Ops tf, Operand<TFloat32> scores, Operand<TInt32> targets, Operand<TInt32> columns) {
    var positive = tf.oneHot(targets, columns, tf.constant(1f), tf.constant(0f));
    return tf.nn.softmaxCrossEntropyWithLogits(scores, positive).loss();
  }
}
