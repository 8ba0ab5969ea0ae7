package org.tdro.mixing.tdro;

import java.util.List;
import java.util.Optional;
import org.tdro.keras.CallContext;
import org.tdro.keras.GradientTape;
import org.tdro.keras.Inputs;
import org.tdro.keras.LayerScope;
import org.tdro.keras.Optimizer;
import org.tdro.keras.TrainStep;
import org.tdro.keras.Variables;
import org.tdro.retriever.ContrastiveModel;
import org.tdro.retriever.ContrastiveOptions;
import org.tdro.retriever.DomainMeans;
import org.tdro.retriever.Encoders;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.retriever.StoredRetriever;
import org.tensorflow.Operand;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * The proxy model of tDRO: a step moves the domain weights α along the measures of its losses against a frozen
 * reference model's, then the encoder against Σ_i ŵ_i ℓ_i. α and its optimizer are saved with the model.
 */
public final class TdroModel extends ContrastiveModel {
  private final DomainWeightOptions weightOptions;
  private final Optimizer weightOptimizer;
  private final List<Double> initialWeights;
  private final Optional<Reference> referenceModel;
  private Optional<Encoders> reference;
  private Variables referenceVariables;
  private DomainWeights domainWeights;

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
    this.weightOptions = weightOptions;
    this.weightOptimizer = weightOptimizer;
    this.initialWeights = List.copyOf(initialWeights);
    this.referenceModel = reference;
  }

  @Override
  protected void build(LayerScope scope) {
    super.build(scope);
    register(weightOptimizer);
    var variables = scope.variables();
    domainWeights = new DomainWeights(variables, weightOptions, weightOptimizer, initialWeights);
    referenceVariables = new Variables(graph(), "reference/");
    reference = referenceModel.map(model -> model.sharesBase()
        ? Encoders.of(referenceVariables, variables, model.spec())
        : Encoders.of(referenceVariables, model.spec()));
  }

  /**
   * The frozen model that losses are measured against.
   *
   * @param sharesBase whether it is adapters beside the same frozen weights as the proxy's, which are then held once
   */
  public record Reference(RetrieverSpec spec, boolean sharesBase) {}

  /** Reads the reference model's weights; before the first step. */
  public void loadReference(StoredRetriever stored) {
    var session = session();
    stored.load(tf(), session, reference.orElseThrow());
  }

  /** Draws the reference model's weights instead, for measurements of time and memory. */
  public void drawReference(long seed) {
    var session = session();
    Variables.initialize(tf(), session, referenceVariables.all(), seed);
  }

  @Override
  protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
    var tf = context.tf();
    var losses = losses(learning(context, tape), tape, encoders(), batch);
    Optional<Operand<TFloat32>> referenceLosses =
        reference.map(encoders -> tf.stopGradient(losses(frozen(context), tape, encoders, batch)));
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

  /** α, its running mean and its moving average. */
  public DomainWeightState domainWeights() {
    var session = session();
    return domainWeights.state(session);
  }
}
