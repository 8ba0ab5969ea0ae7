package org.tdro.training.config;

import org.tdro.config.Default;
import org.tdro.evaluation.QueryShare;
import org.tdro.evaluation.sets.Splits;
import org.tdro.io.Checks;

/**
 * Settings of the evaluation on development queries while a stage trains.
 *
 * @param split the judgements of the sets in {@code eval.dev}, written as {@code eval.split}
 * @param share part of the queries of each set in {@code eval.data} that are development queries; the others are its test queries
 * @param every updates from one evaluation to the next
 * @param queries most queries of a set that are evaluated
 * @param documents most documents of a set that they are compared with; all that are relevant to the queries are among them
 */
public record DevelopmentConfig(
    @Default("dev") String split,
    @Default("0.0") double share,
    @Default("100") int every,
    @Default("100") int queries,
    @Default("1000") int documents) {

  public DevelopmentConfig {
    new Checks()
        .that(Splits.wrong(split).isEmpty(), "split " + Splits.wrong(split))
        .rate("share", share)
        .atLeast(1, "every", every)
        .atLeast(1, "queries", queries)
        .atLeast(1, "documents", documents)
        .done();
  }

  /** Returns the judgements of the sets in {@code eval.dev}. */
  public Splits splits() {
    return Splits.parse(split);
  }

  /** Returns the division of the queries of the sets in {@code eval.data}. */
  public QueryShare queryShare() {
    return new QueryShare(share);
  }
}
