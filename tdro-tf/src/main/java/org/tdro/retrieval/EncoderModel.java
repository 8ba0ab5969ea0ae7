package org.tdro.retrieval;

import java.util.List;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.Model;
import org.tdro.keras.Pass;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** An encoder as a model: {@code input_ids}, {@code attention_mask} {@code [batch, length]} to {@code [batch, dimension]}. */
public class EncoderModel extends Model {
  static final String INPUT_IDS = "input_ids";
  static final String ATTENTION_MASK = "attention_mask";

  private final RetrieverSpec spec;
  private final Encoder encoder;

  /** An encoder with initial weights from {@code seed}. */
  public EncoderModel(RetrieverSpec spec, long seed) {
    this(spec, seed, ConfigProto.getDefaultInstance());
  }

  /** An encoder with TensorFlow's session options. */
  public EncoderModel(RetrieverSpec spec, long seed, ConfigProto config) {
    super(seed, config);
    this.spec = spec;
    this.encoder = new Encoder(variables(), spec, seed, counter());
  }

  @Override
  public List<InputSpec> inputs() {
    return List.of(tokens(INPUT_IDS), tokens(ATTENTION_MASK));
  }

  @Override
  protected Operand<TFloat32> call(Ops tf, Inputs inputs, boolean training) {
    var pass = training ? Pass.TRAINING : Pass.INFERENCE;
    return encoder.call(tf, inputs.ints(INPUT_IDS), inputs.ints(ATTENTION_MASK), pass);
  }

  /** The embeddings of tokens {@code [batch, length]} as they are used, without dropout. */
  public final Operand<TFloat32> embed(Ops tf, Operand<TInt32> ids, Operand<TInt32> mask) {
    return encoder.call(tf, ids, mask, Pass.INFERENCE);
  }

  /** Reads the weights of a retriever of this shape, into a model that starts anew. */
  public final void load(StoredRetriever stored) {
    initialize(stored.replaced(encoder), session -> stored.load(tf(), session, encoder));
  }

  /** The shape of the retriever. */
  public final RetrieverSpec spec() {
    return spec;
  }

  /** The encoder whose weights this model holds. */
  public final Encoder encoder() {
    return encoder;
  }

  /** An input of integers {@code [batch, length]}. */
  protected static InputSpec tokens(String name) {
    return new InputSpec(name, TInt32.class, Shape.of(-1, -1));
  }
}
