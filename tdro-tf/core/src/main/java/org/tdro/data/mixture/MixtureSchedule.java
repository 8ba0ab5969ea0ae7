package org.tdro.data.mixture;

import java.util.ArrayList;
import java.util.List;

/**
 * The weights by which domains are drawn, as a list of (first block, weights). The schedule of an online method is open: its blocks
 * are decided one at a time, by {@link #append}. Immutable.
 *
 * @param stages at least one, in ascending order, the first from block 0 on
 * @param decided number of decided blocks; {@link Long#MAX_VALUE} for a schedule that is not open
 */
public record MixtureSchedule(List<Stage> stages, long decided) {

  /**
   * Weights that apply from a block on.
   *
   * @param weights one for each domain, at least 0; they need not sum to 1
   */
  public record Stage(long firstBlock, List<Double> weights) {
    public Stage {
      weights = List.copyOf(weights);
      double sum = 0;
      for (int domain = 0; domain < weights.size(); domain++) {
        double weight = weights.get(domain);
        if (!(weight >= 0)) {
          throw new IllegalArgumentException(
              "the weight of domain " + domain + " must be at least 0, was " + weight);
        }
        sum += weight;
      }
      if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "the weights must have a finite sum above 0, it was " + sum);
      }
    }
  }

  public MixtureSchedule {
    stages = List.copyOf(stages);
    if (stages.isEmpty() || stages.get(0).firstBlock() != 0) {
      throw new IllegalArgumentException("the first stage must begin at block 0, stages were "
          + stages.stream().map(Stage::firstBlock).toList());
    }
    for (int i = 1; i < stages.size(); i++) {
      var stage = stages.get(i);
      if (stage.firstBlock() <= stages.get(i - 1).firstBlock()) {
        throw new IllegalArgumentException("stages must begin at ascending blocks, were "
            + stages.stream().map(Stage::firstBlock).toList());
      }
      if (stage.weights().size() != stages.get(0).weights().size()) {
        throw new IllegalArgumentException(
            "stages must have a weight for each of %d domains, that of block %d has %d"
                .formatted(
                    stages.get(0).weights().size(),
                    stage.firstBlock(),
                    stage.weights().size()));
      }
    }
    if (decided <= stages.get(stages.size() - 1).firstBlock()) {
      throw new IllegalArgumentException(
          "the first block of every stage must be decided, decided were " + decided);
    }
  }

  /** Returns the schedule that always has the same weights. */
  public static MixtureSchedule constant(List<Double> weights) {
    return new MixtureSchedule(List.of(new Stage(0, weights)), Long.MAX_VALUE);
  }

  /** Returns an open schedule with the weights of the first block. */
  public static MixtureSchedule open(List<Double> weights) {
    return new MixtureSchedule(List.of(new Stage(0, weights)), 1);
  }

  /** Returns this schedule with other weights from {@code firstBlock} on. */
  public MixtureSchedule then(long firstBlock, List<Double> weights) {
    return with(new Stage(firstBlock, weights), Math.max(decided, firstBlock + 1));
  }

  /** Returns this open schedule with the weights of the next block. */
  public MixtureSchedule append(List<Double> weights) {
    if (!isOpen()) {
      throw new IllegalStateException("the schedule is not open: all its blocks are decided");
    }
    return with(new Stage(decided, weights), decided + 1);
  }

  private MixtureSchedule with(Stage stage, long decided) {
    var all = new ArrayList<>(stages);
    all.add(stage);
    return new MixtureSchedule(all, decided);
  }

  /** Returns whether blocks are still to be decided. */
  public boolean isOpen() {
    return decided < Long.MAX_VALUE;
  }

  /** Returns the number of domains. */
  public int domains() {
    return stages.get(0).weights().size();
  }
}
