package org.tdro.retriever.contrastive;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.tdro.config.Default;
import org.tdro.config.Inline;
import org.tdro.io.Checks;
import org.tdro.keras.Dimension;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * InfoNCE (van den Oord et al. 2018): for a query q with positive p and negatives N,
 * −log( exp(q·p/τ) / Σ_{d ∈ {p} ∪ N} exp(q·d/τ) ). With further directions, the sum also holds the pairs of q or p with the other
 * queries and passages of the batch (Li et al. 2023, GTE, improved contrastive loss).
 *
 * @param temperature τ
 * @param negatives which passages of the batch are N
 * @param hardOnlyDomains domains whose rows see only their own passages even where others see the batch
 * @param directions the pairs that are scored, query-to-passage among them; further ones in-batch only
 * @param falseNegatives candidates that are likely relevant, and so are left out of N
 * @param matryoshka sizes of the embeddings of which the loss is a mean
 * @param distillation the part of it, at each of these sizes, that is the divergence from a teacher's scores
 */
public record ContrastiveLoss(
    float temperature,
    Negatives negatives,
    List<String> hardOnlyDomains,
    @Default("[query-to-passage]") List<Direction> directions,
    @Inline(prefix = "false-negative-") FalseNegatives falseNegatives,
    @Inline(prefix = "matryoshka-") Matryoshka matryoshka,
    Distillation distillation) {

  /** The passages that serve as negatives. */
  public enum Negatives {
    /** Its own hard negatives and the passages of all other queries of the batch. */
    IN_BATCH,
    /** Its own hard negatives only. */
    HARD_ONLY
  }

  /** The pairs whose scores a row's positive is compared with. */
  public enum Direction {
    /** The query with all passages. */
    QUERY_TO_PASSAGE(true),
    /** The query with the other queries. */
    QUERY_TO_QUERY(false),
    /** The positive with all other passages. */
    PASSAGE_TO_PASSAGE(true),
    /** The positive with the other queries. */
    PASSAGE_TO_QUERY(false);

    private final boolean toPassages;

    Direction(boolean toPassages) {
      this.toPassages = toPassages;
    }

    boolean isToPassages() {
      return toPassages;
    }
  }

  /**
   * Scores of rows against their candidates.
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
    // The positive's column is among those of the first direction.
    directions = directions.stream().sorted().toList();
    new Checks()
        .positive("temperature", temperature)
        .that(
            directions.contains(Direction.QUERY_TO_PASSAGE)
                && EnumSet.copyOf(directions).size() == directions.size(),
            "directions must be different and hold query-to-passage, were " + directions)
        .that(
            negatives == Negatives.IN_BATCH || directions.size() == 1,
            "directions must be [query-to-passage] where negatives is hard-only, were "
                + directions)
        .done();
  }

  /** Creates a loss of one direction that keeps all negatives. */
  public ContrastiveLoss(
      float temperature,
      Negatives negatives,
      List<String> hardOnlyDomains,
      Matryoshka matryoshka,
      Distillation distillation) {
    this(
        temperature,
        negatives,
        hardOnlyDomains,
        List.of(Direction.QUERY_TO_PASSAGE),
        FalseNegatives.KEPT,
        matryoshka,
        distillation);
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
   * @param guide the same texts, embedded by the guide; needed exactly where {@link #falseNegatives} has one
   * @return {@code [batch]}
   */
  public Operand<TFloat32> call(
      Ops tf,
      Rows rows,
      Optional<Operand<TBool>> hardOnlyRows,
      Optional<Distillation.Teacher> teacher,
      Optional<Rows> guide) {
    if (rows.passagesPerQuery() < 2 && (negatives == Negatives.HARD_ONLY || distillation.isOn())) {
      throw new IllegalArgumentException(
          "hard negatives only, and distillation, need at least 2 passages a query, was "
              + rows.passagesPerQuery());
    }
    if (distillation.isOn() != teacher.isPresent()) {
      throw new IllegalArgumentException("distillation and teacher scores belong together");
    }
    if ((falseNegatives.judge() == FalseNegatives.Judge.GUIDE) != guide.isPresent()) {
      throw new IllegalArgumentException("a guide and its embeddings belong together");
    }
    var candidates = new Candidates(negatives, directions);
    var hidden = Candidates.either(
        tf,
        candidates.hidden(tf, rows, hardOnlyRows),
        falseNegatives(tf, candidates, guide.orElse(rows)));
    return matryoshka.mean(
        tf,
        rows.queries(),
        rows.passages(),
        rows.normalized(),
        (q, p) -> ofSize(tf, candidates, rows.of(q, p), hidden, teacher));
  }

  /** Returns the candidates that score as if they were relevant, {@code [batch, candidates]}; empty if none is left out. */
  private Optional<Operand<TBool>> falseNegatives(Ops tf, Candidates candidates, Rows judged) {
    if (!falseNegatives.isOn()) {
      return Optional.empty();
    }
    var products = tf.stopGradient(candidates.products(tf, judged));
    var targets = candidates.targets(tf, judged);
    var numbers = tf.range(tf.constant(0), Dimension.of(tf, targets, 0), tf.constant(1));
    var positives = tf.gatherNd(products, tf.stack(List.of(numbers, targets), Stack.axis(1L)));
    var limits = tf.math.add(positives, tf.constant((float) falseNegatives.margin()));
    var above = tf.math.greater(products, tf.expandDims(limits, tf.constant(1)));
    var columns = tf.range(tf.constant(0), Dimension.of(tf, products, 1), tf.constant(1));
    var others = tf.math.notEqual(
        tf.expandDims(targets, tf.constant(1)), tf.expandDims(columns, tf.constant(0)));
    return Optional.of(tf.math.logicalAnd(above, others));
  }

  /** Returns the loss with embeddings of one size. */
  private Operand<TFloat32> ofSize(
      Ops tf,
      Candidates candidates,
      Rows rows,
      Optional<Operand<TBool>> hidden,
      Optional<Distillation.Teacher> teacher) {
    var scores = scaled(tf, candidates.products(tf, rows));
    var seen = rows.alsoRelevant()
        .<Operand<TFloat32>>map(
            pairs -> tf.math.add(scores, candidates.lowered(tf, rows, pairs, scores)))
        .orElse(scores);
    var infoNce = new Scores(seen, candidates.targets(tf, rows), hidden).crossEntropy(tf);
    return distillation.isOn()
        ? distillation.mix(
            tf, infoNce, scaled(tf, Candidates.ownProducts(tf, rows)), teacher.orElseThrow())
        : infoNce;
  }

  private Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> products) {
    return tf.math.mul(products, tf.constant(1 / temperature));
  }
}
