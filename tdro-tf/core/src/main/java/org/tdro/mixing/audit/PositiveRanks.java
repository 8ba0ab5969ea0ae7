package org.tdro.mixing.audit;

import java.util.ArrayList;
import java.util.List;

/** Losses and ranks that a model gives the positives of rows of one domain, each among the positives of other rows. */
public record PositiveRanks(List<Ranked> rows) {
  /**
   * Storey's λ: mispaired rows are counted in the worst quarter of the ranks. In the worse half, twice as many right pairs of hard domains
   * count as mispaired; in the worst eighth, the standard error of a hundred rows is a third.
   */
  private static final double LAMBDA = 0.75;

  /**
   * The positive of a row.
   *
   * @param row the row's number in the sample
   * @param loss −log softmax(s/τ) of the positive among the candidates
   * @param rank 1 for the best score; equal scores share the mean of their ranks
   * @param candidates the number n of passages that it is one of, at least 2
   * @param rival the number of the best of the others: of a row, whose positive it is, or of a negative
   */
  public record Ranked(int row, double loss, double rank, int candidates, int rival) {}

  /** An estimate with the standard deviation that it would have over samples of rows. */
  public record Estimate(double value, double standardError) {}

  public PositiveRanks {
    rows = List.copyOf(rows);
  }

  /** Returns the ranks of the rows of both. */
  public PositiveRanks plus(PositiveRanks other) {
    var all = new ArrayList<>(rows);
    all.addAll(other.rows);
    return new PositiveRanks(all);
  }

  /** Returns the mean loss; NaN without rows. */
  public double loss() {
    return rows.stream().mapToDouble(Ranked::loss).average().orElse(Double.NaN);
  }

  /** Returns the mean loss of guesses, ln n; NaN without rows. */
  public double chance() {
    return rows.stream()
        .mapToDouble(row -> Math.log(row.candidates()))
        .average()
        .orElse(Double.NaN);
  }

  /**
   * Returns an upper estimate of the share of rows whose query and positive do not belong together. The rank of a wrong positive is uniform in
   * 1 … n, so the part of the ranks above λn holds at least (1 − λ) π₀ of the rows, which gives π̂₀ = share of the rows there / (1 − λ) (Storey 2002, <i>A
   * direct approach to false discovery rates</i>), at most 1. Right pairs that the model ranks that badly count as mispaired, too. Without rows it is
   * NaN.
   */
  public Estimate mispaired() {
    // A rank stands for the interval from rank − 1 to rank, so that the expected share is exact for
    // every n.
    double share = rows.stream()
        .mapToDouble(row -> Math.max(0, Math.min(1, row.rank() - LAMBDA * row.candidates())))
        .average()
        .orElse(Double.NaN);
    // With two rows more of either kind (Agresti and Coull 1998), so that few rows are never sure.
    double n = rows.size() + 4.0;
    double moderate = (share * rows.size() + 2) / n;
    return new Estimate(
        Math.min(1, share / (1 - LAMBDA)), Math.sqrt(moderate * (1 - moderate) / n) / (1 - LAMBDA));
  }
}
