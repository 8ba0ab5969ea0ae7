package org.tdro.retriever.contrastive;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.keras.CallContext;
import org.tdro.keras.GradientTape;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.LayerScope;
import org.tdro.keras.LogKey;
import org.tdro.keras.Logs;
import org.tdro.keras.TrainStep;
import org.tdro.keras.Variables;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.Encoders;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.RetrieverSpec;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * An encoder that learns from queries with a positive and negative passages: minimises Σ_i w_i ℓ_i over the contrastive
 * losses of a batch's rows, under the weights of a {@link RowWeighting}. A weighting that compares losses gets those of a
 * frozen reference model on the same rows.
 */
public final class ContrastiveModel extends EncoderModel {
  /** Number of rows of each domain in a step, {@code [domains]}. */
  public static final LogKey<float[]> DOMAIN_ROWS = LogKey.counts("domain_rows");

  /** Mean loss of the rows of each domain in a step, {@code [domains]}; NaN for a domain without rows. */
  public static final LogKey<float[]> DOMAIN_LOSS = LogKey.means("domain_loss", DOMAIN_ROWS);

  /** Mean loss of the reference model, if there is one, on the same rows, {@code [domains]}; NaN for a domain without rows. */
  public static final LogKey<float[]> DOMAIN_REFERENCE_LOSS =
      LogKey.means("domain_reference_loss", DOMAIN_ROWS);

  static final String QUERY_IDS = "query_ids";
  static final String QUERY_MASK = "query_mask";
  static final String PASSAGE_IDS = "passage_ids";
  static final String PASSAGE_MASK = "passage_mask";
  static final String DOMAIN_IDS = "domain_ids";
  static final String ALSO_RELEVANT = "also_relevant";
  static final String HARD_ONLY = "hard_only";
  static final String TEACHER_SCORES = "teacher_scores";
  static final String HAS_TEACHER = "has_teacher";

  private final ContrastiveOptions options;
  private final RowWeighting weighting;
  private Variables referenceVariables;
  private Optional<Encoders> reference = Optional.empty();
  private Optional<Encoders> guide = Optional.empty();

  /**
   * The frozen model that losses are compared with.
   *
   * @param sharesBase whether it is adapters beside the same frozen weights as the trained model's, which are then held once
   */
  public record Reference(RetrieverSpec spec, boolean sharesBase) {}

  /** Creates a model that minimises the mean loss. */
  public ContrastiveModel(
      RetrieverSpec spec, ContrastiveOptions options, long seed, ConfigProto config) {
    this(spec, options, RowWeighting.uniform(), seed, config);
  }

  /**
   * Creates a model that minimises the weighted loss.
   *
   * @param weighting belongs to this model from now on
   * @throws IllegalArgumentException if the options have a reference and {@code weighting} needs none, or the other way round
   */
  public ContrastiveModel(
      RetrieverSpec spec,
      ContrastiveOptions options,
      RowWeighting weighting,
      long seed,
      ConfigProto config) {
    super(spec, seed, config);
    if (weighting.needsReference() != options.reference().isPresent()) {
      throw new IllegalArgumentException(
          weighting.needsReference()
              ? "this weighting of rows needs a reference model"
              : "there is a reference model, but this weighting of rows needs none");
    }
    this.options = options;
    execution(options.compute().execution());
    this.weighting = weighting;
  }

  @Override
  protected void build(LayerScope scope) {
    super.build(scope);
    var variables = scope.variables();
    weighting.optimizers().forEach(this::register);
    weighting.build(tf(), variables);
    referenceVariables = new Variables(graph(), "reference/");
    reference = options
        .reference()
        .map(model -> model.sharesBase()
            ? Encoders.of(referenceVariables, variables, model.spec())
            : Encoders.of(referenceVariables, model.spec()));
    guide = options.guide().map(model -> Encoders.of(new Variables(graph(), "guide/"), model));
  }

  /** Reads the reference model's weights; before the first step. */
  public void loadReference(RetrieverSource stored) {
    var session = session();
    stored.load(tf(), session, reference.orElseThrow());
  }

  /** Reads the weights of the guide; before the first step. */
  public void loadGuide(RetrieverSource stored) {
    var session = session();
    stored.load(tf(), session, guide.orElseThrow());
  }

  /** Draws the reference model's weights at random, for measurements of time and memory. */
  public void drawReference(long seed) {
    var session = session();
    Variables.initialize(tf(), session, referenceVariables.all(), seed);
  }

  @Override
  public List<InputSpec> inputs() {
    var inputs = new ArrayList<>(super.inputs());
    for (var name : List.of(QUERY_IDS, QUERY_MASK, PASSAGE_IDS, PASSAGE_MASK)) {
      inputs.add(tokens(name));
    }
    inputs.add(new InputSpec(DOMAIN_IDS, TInt32.class, Shape.of(-1)));
    inputs.add(new InputSpec(ALSO_RELEVANT, TInt32.class, Shape.of(-1, 2)));
    if (options.hardOnlyRows()) {
      inputs.add(new InputSpec(HARD_ONLY, TBool.class, Shape.of(-1)));
    }
    if (options.loss().distillation().isOn()) {
      inputs.add(
          new InputSpec(TEACHER_SCORES, TFloat32.class, Shape.of(-1, options.passagesPerQuery())));
      inputs.add(new InputSpec(HAS_TEACHER, TBool.class, Shape.of(-1)));
    }
    return inputs;
  }

  @Override
  protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
    var tf = context.tf();
    var guided = guide.map(model -> rows(frozen(context), model, batch));
    var losses = losses(learning(context, tape), encoders(), batch, guided);
    var rows = new RowLosses(
        batch.ints(DOMAIN_IDS),
        losses,
        reference.map(
            encoders -> tf.stopGradient(losses(frozen(context), encoders, batch, guided))),
        options.domains());
    var weighted = weighting.weigh(tape, counter(), rows);
    var loss = tf.sum(tf.math.mul(tf.stopGradient(weighted.weights()), losses), tf.constant(0));
    var trained = variables().trainable();
    var step = new TrainStep().log(Logs.LOSS, loss);
    step.log(DOMAIN_LOSS, rows.meanByDomain(tf, losses));
    step.log(DOMAIN_ROWS, rows.rowsByDomain(tf));
    rows.reference()
        .ifPresent(
            referenceLoss -> step.log(DOMAIN_REFERENCE_LOSS, rows.meanByDomain(tf, referenceLoss)));
    weighted.logs().forEach(step::log);
    weighted.assignments().forEach(step::assign);
    return step.minimize(trained, loss);
  }

  /** Returns the loss of every row of the batch under {@code encoders}, {@code [batch]}. */
  private Operand<TFloat32> losses(
      CallContext context, Encoders encoders, Inputs batch, Optional<ContrastiveLoss.Rows> guided) {
    Optional<Operand<TBool>> hardOnly =
        options.hardOnlyRows() ? Optional.of(booleans(batch, HARD_ONLY)) : Optional.empty();
    return options
        .loss()
        .call(context.tf(), rows(context, encoders, batch), hardOnly, teacher(batch), guided);
  }

  /** Returns the batch as {@code encoders} embed it. */
  private ContrastiveLoss.Rows rows(CallContext context, Encoders encoders, Inputs batch) {
    return new ContrastiveLoss.Rows(
        encode(context, encoders.query(), QUERY_IDS, QUERY_MASK),
        encode(context, encoders.passage(), PASSAGE_IDS, PASSAGE_MASK),
        options.passagesPerQuery(),
        spec().normalize(),
        Optional.of(batch.ints(ALSO_RELEVANT)));
  }

  private Optional<Distillation.Teacher> teacher(Inputs batch) {
    if (!options.loss().distillation().isOn()) {
      return Optional.empty();
    }
    var scores = batch.get(TEACHER_SCORES).asOutput().expect(TFloat32.class);
    return Optional.of(new Distillation.Teacher(scores, booleans(batch, HAS_TEACHER)));
  }

  private static Operand<TBool> booleans(Inputs batch, String name) {
    return batch.get(name).asOutput().expect(TBool.class);
  }

  /** Returns the context in which the encoder learns, with this model's precision and gradient checkpointing. */
  private CallContext learning(CallContext context, GradientTape tape) {
    var compute = options.compute();
    var precise = context.withComputeType(compute.computeType());
    return compute.gradientCheckpointing() ? precise.withCheckpointing(tape) : precise;
  }

  /** Returns the context of an encoder that does not learn, with this model's precision. */
  private CallContext frozen(CallContext context) {
    return context.withTraining(false).withComputeType(options.compute().computeType());
  }
}
