package org.tdro.retriever;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tdro.keras.CallContext;
import org.tdro.keras.ChunkedEncodings;
import org.tdro.keras.Encodings;
import org.tdro.keras.Encodings.Sequences;
import org.tdro.keras.GradientTape;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.TrainStep;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** An encoder that learns from queries with a positive and negative passages: minimises the mean contrastive loss. */
public class ContrastiveModel extends EncoderModel {
  static final String QUERY_IDS = "query_ids";
  static final String QUERY_MASK = "query_mask";
  static final String PASSAGE_IDS = "passage_ids";
  static final String PASSAGE_MASK = "passage_mask";
  private static final Sequences QUERIES = new Sequences(QUERY_IDS, QUERY_MASK);
  private static final Sequences PASSAGES = new Sequences(PASSAGE_IDS, PASSAGE_MASK);
  static final String DOMAIN_IDS = "domain_ids";
  static final String HARD_ONLY = "hard_only";
  static final String TEACHER_SCORES = "teacher_scores";
  static final String HAS_TEACHER = "has_teacher";

  private final ContrastiveOptions options;
  private final Encodings encodings;

  /** A model that trains as {@code options} say. */
  public ContrastiveModel(
      RetrieverSpec spec, ContrastiveOptions options, long seed, ConfigProto config) {
    super(spec, seed, config);
    this.options = options;
    this.encodings = options
        .compute()
        .chunking()
        .<Encodings>map(ChunkedEncodings::new)
        .orElseGet(Encodings::allAtOnce);
  }

  @Override
  public final List<InputSpec> inputs() {
    var inputs = new ArrayList<>(super.inputs());
    for (var name : List.of(QUERY_IDS, QUERY_MASK, PASSAGE_IDS, PASSAGE_MASK)) {
      inputs.add(tokens(name));
    }
    inputs.add(new InputSpec(DOMAIN_IDS, TInt32.class, Shape.of(-1)));
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
    var losses = losses(learning(context, tape), tape, encoders(), batch);
    var loss = tf.math.mean(losses, tf.constant(0));
    var domains = DomainMeans.of(tf, losses, batch.ints(DOMAIN_IDS), options.domains());
    var weights = variables().trainable();
    return new TrainStep()
        .log("loss", loss)
        .log("domain_loss", domains.means())
        .log("domain_rows", domains.rows())
        .minimize(weights, loss);
  }

  /** The loss of every row of the batch under {@code encoders}, {@code [batch]}. */
  protected final Operand<TFloat32> losses(
      CallContext context, GradientTape tape, Encoders encoders, Inputs batch) {
    var queries = encodings.of(context, tape, encoders.query(), batch, QUERIES);
    var passages = encodings.of(context, tape, encoders.passage(), batch, PASSAGES);
    Optional<Operand<TBool>> hardOnly =
        options.hardOnlyRows() ? Optional.of(booleans(batch, HARD_ONLY)) : Optional.empty();
    var rows = new ContrastiveLoss.Rows(
        queries, passages, options.passagesPerQuery(), spec().normalize());
    return options.loss().call(context.tf(), rows, hardOnly, teacher(batch));
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

  @Override
  protected final Encodings encodings() {
    return encodings;
  }

  /** Returns the context in which the encoder learns, with this model's precision and gradient checkpointing. */
  protected final CallContext learning(CallContext context, GradientTape tape) {
    var compute = options.compute();
    var precise = context.withComputeType(compute.computeType());
    return compute.gradientCheckpointing() ? precise.withCheckpointing(tape) : precise;
  }

  /** Returns the context of an encoder that does not learn, with this model's precision. */
  protected final CallContext frozen(CallContext context) {
    return context.withTraining(false).withComputeType(options.compute().computeType());
  }

  /** The domain of every row of the batch, {@code [batch]}. */
  protected final Operand<TInt32> domainIds(Inputs batch) {
    return batch.ints(DOMAIN_IDS);
  }

  /** How it trains. */
  protected final ContrastiveOptions options() {
    return options;
  }
}
