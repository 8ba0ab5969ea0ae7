package org.tdro.mixing.tdro;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Initializer;
import org.tdro.keras.Optimizer;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * The weights α of the domains, as state of a graph that is saved and restored with its other variables.
 *
 * <p>α maximises Σ_g α_g M_g by mirror ascent on log α: with SGD α_g ← α_g · exp(η M_g), renormalised (Ma et al. 2025,
 * arXiv 2408.10613). The update is part of the graph of a micro-batch, so it comes after the losses of that micro-batch
 * are known and before its rows are weighted. It runs on the last micro-batch of each update, with the mean gradient of
 * all of them; on the others, every operation that would write α or its optimizer's slots is on the branch not taken.
 */
public final class DomainWeights {
  private final DomainWeightOptions options;
  private final Optimizer optimizer;
  private final int domains;
  private final Weight logWeights;
  private final Weight mean;
  private final Weight ema;
  private final Weight gradientSum;
  private Operand<TFloat32> weights;

  /**
   * Adds the state to {@code variables}.
   *
   * @param optimizer of the log-weights, built with the same variables; how many micro-batches it accumulates is how many
   *     there are in an update
   * @param initialWeights one for each domain, above 0; they need not sum to 1
   */
  public DomainWeights(
      Variables variables,
      DomainWeightOptions options,
      Optimizer optimizer,
      List<Double> initialWeights) {
    this.options = options;
    this.optimizer = optimizer;
    domains = initialWeights.size();
    var initial = new float[domains];
    var initialLog = new float[domains];
    for (int domain = 0; domain < domains; domain++) {
      double weight = initialWeights.get(domain);
      if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("the initial weight of domain " + domain
            + " must be above 0 and finite, was " + weight);
      }
      initial[domain] = (float) weight;
      initialLog[domain] = (float) Math.log(weight);
    }
    logWeights = state(variables, "log", Initializer.values(initialLog));
    mean = state(variables, "mean", Initializer.values(initial));
    ema = state(variables, "ema", Initializer.values(initial));
    gradientSum = state(variables, "gradient_sum", Initializer.zeros());
  }

  private Weight state(Variables variables, String name, Initializer initializer) {
    return variables.addState("domain_weights/" + name, Shape.of(domains), initializer);
  }

  /**
   * Adds the operations of a micro-batch. Whatever uses the example weights or α also writes the state; run it once for
   * each micro-batch.
   *
   * @throws IllegalArgumentException if the measure needs reference losses and {@code rows} has none
   */
  public DomainWeightStep step(GradientTape tape, StepCounter counter, RowLosses rows) {
    var tf = tape.tf().withSubScope("domain_weights");
    var last = counter.completesUpdate();
    weights = tape.watch(tf.nn.softmax(logWeights.variable()));

    var groupLoss = tf.stopGradient(options.measure().byDomain(tf, rows, domains));
    var objective = total(tf, tf.math.mul(weights, groupLoss));
    var sum = tf.math.add(gradientSum.variable(), tape.gradient(objective, weights));
    var nextSum = tf.assign(gradientSum.variable(), tf.select(last, tf.zerosLike(sum), sum));
    var gradient = tf.math.div(sum, tf.constant((float) optimizer.gradientAccumulationSteps()));
    var norm = tf.math.sqrt(total(tf, tf.math.square(gradient)));
    var clipped = options.clip().clip(tf, gradient, norm);

    var update = ascend(tf, counter, clipped);
    var after = tf.withControlDependencies(List.of((Op) nextSum))
        .identity(ifLast(tf, last, weights, update.weights()));
    var rowWeights = tf.gather(after, rows.domainIds(), tf.constant(0));
    var exampleWeights = tf.stopGradient(tf.math.div(rowWeights, total(tf, rowWeights)));

    return new DomainWeightStep(
        rows.meanByDomain(tf, rows.loss(), domains),
        rows.reference().map(reference -> rows.meanByDomain(tf, reference, domains)),
        groupLoss,
        exampleWeights,
        total(tf, tf.math.mul(exampleWeights, rows.loss())),
        gradient,
        norm,
        clipped,
        ifLast(tf, last, logWeights.variable(), update.logWeights()),
        after,
        ifLast(tf, last, mean.variable(), update.mean()),
        ifLast(tf, last, ema.variable(), update.ema()));
  }

  /** The state after an update; all of it is written once any of it is known. */
  private record Update(
      Operand<TFloat32> logWeights,
      Operand<TFloat32> weights,
      Operand<TFloat32> mean,
      Operand<TFloat32> ema) {}

  /** The branch of the last micro-batch of an update: moves log α along {@code gradient}. */
  private Update ascend(Ops tf, StepCounter counter, Operand<TFloat32> gradient) {
    var taken = tf.switchCond(gradient, counter.completesUpdate()).outputTrue();
    var descent = tf.math.neg(taken);
    // What waits for the descent is on its branch, reads of variables included. The α before the
    // update must have been read by then.
    var branch = tf.withControlDependencies(List.of((Op) descent, (Op) weights));
    var moved = optimizer.update(branch, logWeights, descent, optimizer.rates(branch, counter));
    var log = options.normalizeEveryUpdate() ? branch.nn.logSoftmax(moved) : moved;
    var updated = branch.nn.softmax(log);

    // mean ← (mean·c + α) / (c + 1) after c earlier updates: the initial weights drop out.
    var count = branch.dtypes.cast(counter.iteration(), TFloat32.class);
    var before = branch.math.sub(count, branch.constant(1f));
    var nextMean =
        branch.math.div(branch.math.add(branch.math.mul(mean.variable(), before), updated), count);
    // ema ← ema·(1 − e) + α·e
    var nextEma = branch.math.add(
        branch.math.mul(ema.variable(), branch.constant((float) (1 - options.ema()))),
        branch.math.mul(updated, branch.constant((float) options.ema())));

    var writes = new ArrayList<Op>();
    writes.add(branch.assign(mean.variable(), nextMean));
    writes.add(branch.assign(ema.variable(), nextEma));
    if (options.normalizeEveryUpdate()) {
      writes.add(branch.assign(logWeights.variable(), log));
    }
    var written = tf.withControlDependencies(writes);
    return new Update(
        written.identity(log),
        written.identity(updated),
        written.identity(nextMean),
        written.identity(nextEma));
  }

  private static Operand<TFloat32> ifLast(
      Ops tf, Operand<TBool> last, Operand<TFloat32> otherwise, Operand<TFloat32> updated) {
    return tf.merge(List.of(tf.switchCond(otherwise, last).outputFalse(), updated))
        .output();
  }

  private static Operand<TFloat32> total(Ops tf, Operand<TFloat32> vector) {
    return tf.sum(vector, tf.constant(0));
  }

  /** The weights as they stand between two micro-batches, once {@link #step} has been called. */
  public DomainWeightState state(Session session) {
    var runner = session.runner();
    List.of(weights, mean.variable(), ema.variable()).forEach(runner::fetch);
    try (var fetched = runner.run()) {
      return new DomainWeightState(
          DomainWeightState.values((TFloat32) fetched.get(0)),
          DomainWeightState.values((TFloat32) fetched.get(1)),
          DomainWeightState.values((TFloat32) fetched.get(2)));
    }
  }
}
