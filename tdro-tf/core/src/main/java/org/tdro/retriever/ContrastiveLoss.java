package org.tdro.retriever;

import java.util.List;
import java.util.Optional;
import org.tdro.config.Inline;
import org.tdro.io.Checks;
import org.tdro.keras.CallContext;
import org.tdro.keras.Dimension;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.linalg.MatMul;
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

  /** The passages that serve as negatives. */
  public enum Negatives {
    /** Its own hard negatives and the passages of all other queries of the batch. */
    IN_BATCH,
    /** Its own hard negatives only. */
    HARD_ONLY
  }

  /**
   * Scores of queries against passages.
   *
   * @param values s, {@code [rows, columns]}, divided by the temperature
   * @param targets the column of each row's positive, {@code [rows]}
   * @param hidden passages that a row is not compared with, {@code [rows, columns]}; empty if it is with all
   */
  record Scores(
      Operand<TFloat32> values, Operand<TInt32> targets, Optional<Operand<TBool>> hidden) {
    /** The value of hidden scores: exp underflows to 0. */
    private static final float MASKED = -1e9f;

    /** Returns −log softmax(s) of each row's positive, {@code [rows]}. */
    Operand<TFloat32> crossEntropy(Ops tf) {
      var seen = hidden
          .<Operand<TFloat32>>map(
              mask -> tf.select(mask, tf.fill(tf.shape(values), tf.constant(MASKED)), values))
          .orElse(values);
      var positives =
          tf.oneHot(targets, Dimension.of(tf, values, 1), tf.constant(1f), tf.constant(0f));
      return tf.nn.softmaxCrossEntropyWithLogits(seen, positives).loss();
    }
  }

  /**
   * The embeddings of a batch.
   *
   * @param queries {@code [batch, dim]}
   * @param passages {@code [batch · n, dim]}; those of query i are rows i·n … i·n + n − 1, the positive first
   * @param passagesPerQuery n
   * @param normalized whether they have unit length
   * @param alsoRelevant pairs of a query and a passage that is not its positive, but is not to be its negative either:
   *     {@code [pairs, 2]}
   */
  public record Rows(
      Operand<TFloat32> queries,
      Operand<TFloat32> passages,
      int passagesPerQuery,
      boolean normalized,
      Optional<Operand<TInt32>> alsoRelevant) {

    /** Creates rows in which no passage is known to be relevant to a query other than its own. */
    public Rows(
        Operand<TFloat32> queries,
        Operand<TFloat32> passages,
        int passagesPerQuery,
        boolean normalized) {
      this(queries, passages, passagesPerQuery, normalized, Optional.empty());
    }

    private Rows of(Operand<TFloat32> someQueries, Operand<TFloat32> somePassages) {
      return new Rows(someQueries, somePassages, passagesPerQuery, normalized, alsoRelevant);
    }
  }

  public ContrastiveLoss {
    hardOnlyDomains = List.copyOf(hardOnlyDomains);
    new Checks().positive("temperature", temperature).done();
  }

  /** Creates InfoNCE alone. */
  public ContrastiveLoss(float temperature, Negatives negatives) {
    this(temperature, negatives, List.of(), Matryoshka.NONE, Distillation.NONE);
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
        (q, p) -> ofSize(tf, rows.of(q, p), hardOnlyRows, teacher));
  }

  /** Returns the loss with embeddings of one size. */
  private Operand<TFloat32> ofSize(
      Ops tf,
      Rows rows,
      Optional<Operand<TBool>> hardOnlyRows,
      Optional<Distillation.Teacher> teacher) {
    var scores = negatives == Negatives.HARD_ONLY ? own(tf, rows) : inBatch(tf, rows, hardOnlyRows);
    var infoNce = scores.crossEntropy(tf);
    return distillation.isOn()
        ? distillation.mix(tf, infoNce, ownScores(tf, rows), teacher.orElseThrow())
        : infoNce;
  }

  /** Returns the scores of each query's own passages, {@code [batch, n]}. */
  private Operand<TFloat32> ownScores(Ops tf, Rows rows) {
    int n = rows.passagesPerQuery();
    int dim = (int) rows.queries().shape().get(-1);
    var own = tf.reshape(rows.passages(), tf.constant(new int[] {-1, n, dim}));
    var products = CallContext.inference(tf)
        .batchMatMul(tf.expandDims(rows.queries(), tf.constant(1)), own, true);
    return scaled(tf, tf.reshape(products, tf.constant(new int[] {-1, n})));
  }

  /** Scores each query against its own passages, of which the first is the positive. */
  private Scores own(Ops tf, Rows rows) {
    var batch = Dimension.of(tf, rows.queries(), 0);
    var first = tf.zeros(tf.reshape(batch, tf.constant(new int[] {1})), TInt32.class);
    var scores = ownScores(tf, rows);
    var seen = rows.alsoRelevant()
        .map(pairs -> withoutRelevant(
            tf, scores, ofOwnPassages(tf, pairs, tf.constant(rows.passagesPerQuery()))))
        .orElse(scores);
    return new Scores(seen, first, Optional.empty());
  }

  /** Scores each query against all passages of the batch; rows of {@code hardOnlyRows} do not see those of others. */
  private Scores inBatch(Ops tf, Rows rows, Optional<Operand<TBool>> hardOnlyRows) {
    var n = tf.constant(rows.passagesPerQuery());
    var numbers = range(tf, Dimension.of(tf, rows.queries(), 0));
    var scores =
        scaled(tf, tf.linalg.matMul(rows.queries(), rows.passages(), MatMul.transposeB(true)));
    Optional<Operand<TBool>> hidden = hardOnlyRows.map(hardOnly -> {
      var owner = tf.math.floorDiv(range(tf, Dimension.of(tf, rows.passages(), 0)), n);
      var foreign = tf.math.notEqual(
          tf.expandDims(numbers, tf.constant(1)), tf.expandDims(owner, tf.constant(0)));
      return tf.math.logicalAnd(foreign, tf.expandDims(hardOnly, tf.constant(1)));
    });
    var seen =
        rows.alsoRelevant().map(pairs -> withoutRelevant(tf, scores, pairs)).orElse(scores);
    return new Scores(seen, tf.math.mul(numbers, n), hidden);
  }

  /** Returns the scores, those at {@code pairs} lowered so far that exp underflows to 0; the others are the same bits. */
  private static Operand<TFloat32> withoutRelevant(
      Ops tf, Operand<TFloat32> scores, Operand<TInt32> pairs) {
    var count = tf.reshape(Dimension.of(tf, pairs, 0), tf.constant(new int[] {1}));
    var lowered = tf.scatterNd(pairs, tf.fill(count, tf.constant(Scores.MASKED)), tf.shape(scores));
    return tf.math.add(scores, lowered);
  }

  /** Returns the pairs of a query and one of its own n passages, which are counted from the first of them. */
  private static Operand<TInt32> ofOwnPassages(Ops tf, Operand<TInt32> pairs, Operand<TInt32> n) {
    var parts = tf.unstack(pairs, 2L, Unstack.axis(1L)).output();
    var query = parts.get(0);
    var passage = parts.get(1);
    var own = tf.where(tf.math.equal(query, tf.math.floorDiv(passage, n)));
    var counted = tf.stack(List.of(query, tf.math.floorMod(passage, n)), Stack.axis(1L));
    return tf.gatherNd(counted, own);
  }

  private static Operand<TInt32> range(Ops tf, Operand<TInt32> end) {
    return tf.range(tf.constant(0), end, tf.constant(1));
  }

  private Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> products) {
    return tf.math.mul(products, tf.constant(1 / temperature));
  }
}
