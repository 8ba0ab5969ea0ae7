package org.tdro.mixing.tdro;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Initializer;
import org.tdro.keras.LogKey;
import org.tdro.keras.Optimizer;
import org.tdro.keras.StepCounter;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.mixing.LearnedMixture;
import org.tdro.mixing.MixtureLearner;
import org.tdro.retriever.contrastive.RowLosses;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * The domain weights α of tDRO, as state of a graph, saved and restored with its other variables.
 *
 * <p>α maximises Σ_g α_g M_g by mirror ascent on log α: with SGD α_g ← α_g · exp(η M_g), renormalised (Ma et al. 2025,
 * arXiv 2408.10613). The update is part of the graph of a micro-batch, so it comes after the losses of that micro-batch
 * are known and before its rows are weighted. It runs on the last micro-batch of each update, with the mean gradient of
 * all of them; on the others, every operation that writes α or its optimizer's slots is on the branch that is not taken.
 * {@link MixtureBounds} apply to α after each update.
 */
public final class DomainWeights extends MixtureLearner {
  private final DomainWeightOptions options;
  private final Optimizer optimizer;
  private float[] initial;
  private Weight logWeights;
  private Weight gradientSum;

  /**
   * Domain weights with the given settings.
   *
   * @param optimizer optimizer of the log-weights, not built yet; its number of accumulation steps is that of micro-batches in an
   *     update
   * @param initialWeights one for each domain, above 0; they need not sum to 1
   */
  public DomainWeights(
      DomainWeightOptions options, Optimizer optimizer, List<Double> initialWeights) {
    super(initialWeights, options.ema(), LearnedMixture.Result.LAST);
    this.options = options;
    this.optimizer = optimizer;
  }

  @Override
  public boolean needsReference() {
    return options.measure().needsReference();
  }

  @Override
  public List<Optimizer> optimizers() {
    return List.of(optimizer);
  }

  @Override
  protected Operand<TFloat32> addWeights(Ops tf, Variables variables, float[] initial) {
    this.initial = initial;
    var initialLog = new float[initial.length];
    for (int domain = 0; domain < initial.length; domain++) {
      initialLog[domain] = (float) Math.log(initial[domain]);
    }
    logWeights = add(variables, "log", Initializer.values(initialLog));
    gradientSum = add(variables, "gradient_sum", Initializer.zeros());
    return tf.nn.softmax(logWeights.value());
  }

  @Override
  public Weighted weigh(GradientTape tape, StepCounter counter, RowLosses rows) {
    var step = step(tape, counter, rows);
    var logs = new LinkedHashMap<LogKey<?>, Operand<TFloat32>>();
    logs.put(MEAN_LOSS, tape.tf().math.mean(rows.loss(), tape.tf().constant(0)));
    logs.put(MEASURE, step.gradientBeforeClipping());
    logs.put(WEIGHT, step.weights());
    return new Weighted(step.exampleWeights(), logs, Map.of());
  }

  /**
   * Adds the operations of a micro-batch. Fetching the example weights or α also writes the state, so run the graph exactly once for each
   * micro-batch.
   *
   * @throws IllegalArgumentException if the measure needs reference losses and {@code rows} has none
   */
  public Step step(GradientTape tape, StepCounter counter, RowLosses rows) {
    var tf = tape.tf().withSubScope("domain_weights");
    var last = counter.completesUpdate();
    var weights = tape.watch(weights());

    var groupLoss = tf.stopGradient(options.measure().byDomain(tf, rows));
    var objective = total(tf, tf.math.mul(weights, groupLoss));
    var sum = tf.math.add(gradientSum.value(), tape.gradient(objective, weights));
    var nextSum = gradientSum.assign(tf, tf.select(last, tf.zerosLike(sum), sum));
    var gradient = tf.math.div(sum, tf.constant((float) optimizer.gradientAccumulationSteps()));
    var norm = tf.math.sqrt(total(tf, tf.math.square(gradient)));
    var clipped = options.clip().clip(tf, gradient, norm);

    var update = ascend(tf, counter, clipped);
    var after = tf.withControlDependencies(List.of(nextSum))
        .identity(ifLast(tf, last, weights, update.weights()));
    var rowWeights = tf.gather(after, rows.domainIds(), tf.constant(0));
    var exampleWeights = tf.stopGradient(tf.math.div(rowWeights, total(tf, rowWeights)));

    return new Step(
        rows.meanByDomain(tf, rows.loss()),
        rows.reference().map(reference -> rows.meanByDomain(tf, reference)),
        groupLoss,
        exampleWeights,
        total(tf, tf.math.mul(exampleWeights, rows.loss())),
        gradient,
        norm,
        clipped,
        ifLast(tf, last, logWeights.value(), update.logWeights()),
        after,
        ifLast(tf, last, mean().value(), update.mean()),
        ifLast(tf, last, ema().value(), update.ema()));
  }

  /**
   * The operations that a micro-batch adds. Vectors are {@code [domains]} except for the example weights. If the micro-batch does not
   * complete an update, the weights are those of the last update, and the gradients are those of a part of this one.
   *
   * @param loss plain mean ℓ of the domain's rows, 0 for an absent domain
   * @param referenceLoss plain mean r of the domain's rows, 0 for an absent domain
   * @param groupLoss M, the measure
   * @param exampleWeights ŵ_i = α_d(i) / Σ_j α_d(j), {@code [batch]}; no gradient flows into them
   * @param robustLoss Σ_i ŵ_i ℓ_i, a scalar, which the proxy minimises
   * @param gradientBeforeClipping mean of M over the micro-batches of the update
   * @param gradientNorm its L2 norm, a scalar
   * @param gradient the gradient that the log-weights ascend, after clipping
   * @param logWeights log α
   * @param weights α = softmax(log α)
   * @param meanWeights mean of α over all updates
   * @param emaWeights exponential moving average of α over all updates
   */
  public record Step(
      Operand<TFloat32> loss,
      Optional<Operand<TFloat32>> referenceLoss,
      Operand<TFloat32> groupLoss,
      Operand<TFloat32> exampleWeights,
      Operand<TFloat32> robustLoss,
      Operand<TFloat32> gradientBeforeClipping,
      Operand<TFloat32> gradientNorm,
      Operand<TFloat32> gradient,
      Operand<TFloat32> logWeights,
      Operand<TFloat32> weights,
      Operand<TFloat32> meanWeights,
      Operand<TFloat32> emaWeights) {}

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
    // Operations with a control dependency on the descent run only on its branch, reads of
    // variables
    // included. The dependency on weights() makes sure that α is read before the update.
    var branch = tf.withControlDependencies(List.of((Op) descent, (Op) weights()));
    var moved = optimizer.update(branch, logWeights, descent, optimizer.rates());
    var log = options.normalizeEveryUpdate()
        ? options.bounds().apply(branch, branch.nn.logSoftmax(moved), initial)
        : moved;
    var updated = branch.nn.softmax(log);

    var nextMean = nextMean(branch, counter, updated);
    var nextEma = nextEma(branch, updated);

    var writes = new ArrayList<Op>();
    writes.add(mean().assign(branch, nextMean));
    writes.add(ema().assign(branch, nextEma));
    if (options.normalizeEveryUpdate()) {
      writes.add(logWeights.assign(branch, log));
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
}
