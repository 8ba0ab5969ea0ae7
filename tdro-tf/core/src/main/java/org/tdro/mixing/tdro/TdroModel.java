package org.tdro.mixing.tdro;

import java.util.List;
import java.util.Optional;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Inputs;
import org.tdro.keras.Optimizer;
import org.tdro.keras.TrainStep;
import org.tdro.keras.Variables;
import org.tdro.retriever.ContrastiveModel;
import org.tdro.retriever.ContrastiveOptions;
import org.tdro.retriever.DomainMeans;
import org.tdro.retriever.Encoders;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.retriever.RetrieverSource;
import org.tensorflow.Operand;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * The proxy model of tDRO: a step moves the domain weights α along the measures of its losses against a frozen
 * reference model's, then the encoder against Σ_i ŵ_i ℓ_i. α and its optimizer are saved with the model.
 */
public final class TdroModel extends ContrastiveModel {
  private final Optional<Encoders> reference;
  private final Variables referenceVariables;
  private final DomainWeights domainWeights;

  /**
   * A proxy model.
   *
   * @param weightOptions how α is learned
   * @param weightOptimizer of log α, not built yet; it accumulates as many micro-batches as the model's
   * @param initialWeights one for each domain
   * @param reference empty where the measure needs none
   */
  public TdroModel(
      RetrieverSpec spec,
      ContrastiveOptions options,
      DomainWeightOptions weightOptions,
      Optimizer weightOptimizer,
      List<Double> initialWeights,
      Optional<Reference> reference,
      long seed,
      ConfigProto config) {
    super(spec, options, seed, config);
    register(weightOptimizer);
    domainWeights = new DomainWeights(variables(), weightOptions, weightOptimizer, initialWeights);
    referenceVariables = new Variables(graph(), "reference/");
    this.reference = reference.map(model -> model.sharesBase()
        ? Encoders.of(referenceVariables, variables(), model.spec(), seed, counter())
        : Encoders.of(referenceVariables, model.spec(), seed, counter()));
  }

  /**
   * The frozen model that losses are measured against.
   *
   * @param sharesBase whether it is adapters beside the same frozen weights as the proxy's, which are then held once
   */
  public record Reference(RetrieverSpec spec, boolean sharesBase) {}

  /** Reads the reference model's weights; before the first step. */
  public void loadReference(RetrieverSource stored) {
    stored.load(tf(), session(), reference.orElseThrow());
  }

  /** Draws the reference model's weights instead, for measurements of time and memory. */
  public void drawReference(long seed) {
    Variables.initialize(tf(), session(), referenceVariables.all(), seed);
  }

  @Override
  protected TrainStep trainStep(GradientTape tape, Inputs batch) {
    var tf = tape.tf();
    var losses = losses(tape, encoders(), batch, trainingPass(tape));
    var referenceLosses = reference.map(encoders -> referenceLosses(tape, encoders, batch));
    var step = domainWeights.step(
        tape, counter(), new RowLosses(domainIds(batch), losses, referenceLosses));
    var weights = variables().trainable();
    var logs = new TrainStep()
        .log("loss", step.robustLoss())
        .log("mean_loss", tf.math.mean(losses, tf.constant(0)))
        .log("domain_loss", step.loss())
        .log(
            "domain_rows",
            DomainMeans.of(tf, losses, domainIds(batch), options().domains()).rows())
        .log("domain_measure", step.gradientBeforeClipping())
        .log("domain_weight", step.weights());
    step.referenceLoss().ifPresent(loss -> logs.log("domain_reference_loss", loss));
    return logs.minimize(weights, step.robustLoss());
  }

  private Operand<TFloat32> referenceLosses(GradientTape tape, Encoders encoders, Inputs batch) {
    return tape.tf().stopGradient(losses(tape, encoders, batch, inferencePass()));
  }

  /** α, its running mean and its moving average. */
  public DomainWeightState domainWeights() {
    return domainWeights.state(session());
  }
}
