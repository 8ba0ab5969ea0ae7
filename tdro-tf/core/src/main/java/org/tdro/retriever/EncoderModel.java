package org.tdro.retriever;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.tdro.data.TokenMatrix;
import org.tdro.huggingface.AdapterFolder;
import org.tdro.keras.Batch;
import org.tdro.keras.CallContext;
import org.tdro.keras.InputSpec;
import org.tdro.keras.Inputs;
import org.tdro.keras.KernelTimes;
import org.tdro.keras.LayerScope;
import org.tdro.keras.Model;
import org.tdro.text.TextKind;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Encoders as a model: {@code input_ids}, {@code attention_mask} {@code [batch, length]} to {@code [batch, dimension]}. As a
 * Keras model it is the encoder of passages.
 */
public class EncoderModel extends Model {
  static final String INPUT_IDS = "input_ids";
  static final String ATTENTION_MASK = "attention_mask";

  private final RetrieverSpec spec;
  private Encoders encoders;
  private final Map<TextKind, Operand<TFloat32>> outputs = new EnumMap<>(TextKind.class);

  /** Creates an encoder with initial weights from {@code seed}. */
  public EncoderModel(RetrieverSpec spec, long seed) {
    this(spec, seed, ConfigProto.getDefaultInstance());
  }

  /** Creates an encoder with TensorFlow's session options. */
  public EncoderModel(RetrieverSpec spec, long seed, ConfigProto config) {
    super(seed, config);
    this.spec = spec;
  }

  @Override
  protected void build(LayerScope scope) {
    encoders = Encoders.of(scope.variables(), spec);
  }

  @Override
  public List<InputSpec> inputs() {
    return List.of(tokens(INPUT_IDS), tokens(ATTENTION_MASK));
  }

  @Override
  protected Operand<TFloat32> call(CallContext context, Inputs inputs) {
    return encoders().passage().call(context, inputs.ints(INPUT_IDS), inputs.ints(ATTENTION_MASK));
  }

  /** Adds the embeddings of tokens {@code [batch, length]} to the graph, computed without dropout. */
  public final Operand<TFloat32> embed(
      Ops tf, TextKind kind, Operand<TInt32> ids, Operand<TInt32> mask) {
    return encoders().of(kind).call(CallContext.inference(tf), ids, mask);
  }

  /** Returns the embeddings of a batch of texts of one kind, {@code [batch, dimension]}; the caller closes both. */
  public final TFloat32 predict(TextKind kind, Batch batch) {
    return predict(output(kind), batch);
  }

  /** Returns the embeddings of a batch of texts of one kind, {@code [rows, dimension]} row-major. */
  final float[] embed(TextKind kind, TokenMatrix texts) {
    return with(texts, batch -> {
      try (var result = predict(kind, batch)) {
        var values = new float[Math.toIntExact(result.size())];
        result.asRawTensor().data().asFloats().read(values);
        return values;
      }
    });
  }

  /** Encodes a batch of texts of one kind under TensorFlow's tracer, and returns what its kernels took. */
  final KernelTimes trace(TextKind kind, TokenMatrix texts) {
    var times = new AtomicReference<KernelTimes>();
    return with(texts, batch -> {
      trace(output(kind), batch, times::set);
      return times.get();
    });
  }

  private static <T> T with(TokenMatrix texts, Function<Batch, T> use) {
    var tensors = new HashMap<String, Tensor>();
    try {
      put(tensors, INPUT_IDS, ATTENTION_MASK, texts);
      return use.apply(new Batch(tensors, texts.rows()));
    } finally {
      tensors.values().forEach(Tensor::close);
    }
  }

  /** Puts token ids and their mask, {@code [rows, length]} each, into {@code tensors}, whose owner closes them. */
  public static void put(
      Map<String, Tensor> tensors, String idsName, String maskName, TokenMatrix matrix) {
    var shape = Shape.of(matrix.rows(), matrix.length());
    tensors.put(idsName, TInt32.tensorOf(shape, DataBuffers.of(matrix.ids())));
    tensors.put(maskName, TInt32.tensorOf(shape, DataBuffers.of(matrix.mask())));
  }

  /** Returns the embeddings in the graph; with one encoder for both kinds, one part of the graph serves both. */
  private Operand<TFloat32> output(TextKind kind) {
    return outputs.computeIfAbsent(spec.untied() ? kind : TextKind.PASSAGE, encoder -> {
      var inputs = symbolicInputs();
      return embed(tf(), encoder, inputs.ints(INPUT_IDS), inputs.ints(ATTENTION_MASK));
    });
  }

  /** Reads the weights of a retriever of this shape, into a model that starts anew. */
  public final void load(RetrieverSource stored) {
    initialize(stored.replaced(encoders()), session -> stored.load(tf(), session, encoders()));
  }

  /** Reads adapters into those of this model, which must have the same shape. */
  public final void load(AdapterFolder adapters) {
    for (var encoder : encoders().distinct()) {
      adapters.load(tf(), session(), encoder.loraKernels());
    }
  }

  /** The shape of the retriever. */
  public final RetrieverSpec spec() {
    return spec;
  }

  /** The encoders whose weights this model holds. */
  public final Encoders encoders() {
    variables(); // Builds them.
    return encoders;
  }

  /** Returns an input of integers {@code [batch, length]}. */
  protected static InputSpec tokens(String name) {
    return new InputSpec(name, TInt32.class, Shape.of(-1, -1));
  }
}
