package org.tdro.mixing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.tdro.data.mixture.MixtureSampler;
import org.tdro.data.mixture.MixtureSchedule;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.StatefulCallback;
import org.tdro.retriever.contrastive.RowWeighting;

/**
 * Callback that makes a sampler follow a learner: when a block ends, the rows of the next one are drawn by the α of that moment. The
 * schedule is saved with the model, so a resumed run draws the rows of an uninterrupted one.
 */
public final class OnlineMixture implements StatefulCallback {
  private final MixtureSampler sampler;
  private final int everySteps;

  /**
   * An online mixture.
   *
   * @param sampler sampler with an open schedule; domains that its first block does not draw are never drawn
   * @param everySteps number of steps in a block of the sampler
   */
  public OnlineMixture(MixtureSampler sampler, int everySteps) {
    if (!sampler.schedule().isOpen()) {
      throw new IllegalArgumentException("the sampler's schedule must be open");
    }
    if (everySteps < 1) {
      throw new IllegalArgumentException("everySteps must be at least 1, was " + everySteps);
    }
    this.sampler = sampler;
    this.everySteps = everySteps;
  }

  /** Returns {@code learner} with equal weights for all rows of a batch, whose numbers already follow α. */
  public static RowWeighting equalRows(MixtureLearner learner) {
    return learner.changed((tf, rows, weighted) -> weighted.with(RowWeighting.equal(tf, rows)));
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    if (step % everySteps == 0) {
      var schedule = sampler.schedule();
      var first = schedule.stages().get(0).weights();
      var learned = logs.get(MixtureLearner.WEIGHT);
      var next = new ArrayList<Double>();
      for (int domain = 0; domain < learned.length; domain++) {
        next.add(first.get(domain) > 0 ? (double) learned[domain] : 0.0);
      }
      sampler.follow(schedule.append(next));
    }
  }

  /** Returns the weights of each stage of the schedule, by its first block, and under {@code decided} the number of decided blocks. */
  @Override
  public Map<String, String> state() {
    var schedule = sampler.schedule();
    var state = new LinkedHashMap<String, String>();
    state.put("decided", Long.toString(schedule.decided()));
    for (var stage : schedule.stages()) {
      state.put(
          Long.toString(stage.firstBlock()),
          stage.weights().stream().map(Object::toString).collect(Collectors.joining(" ")));
    }
    return state;
  }

  @Override
  public void restore(Map<String, String> state) {
    var stages = state.entrySet().stream()
        .filter(entry -> !entry.getKey().equals("decided"))
        .map(entry -> new MixtureSchedule.Stage(
            Long.parseLong(entry.getKey()),
            Arrays.stream(entry.getValue().split(" ")).map(Double::valueOf).toList()))
        .sorted(Comparator.comparingLong(MixtureSchedule.Stage::firstBlock))
        .toList();
    sampler.follow(new MixtureSchedule(stages, Long.parseLong(state.get("decided"))));
  }
}
