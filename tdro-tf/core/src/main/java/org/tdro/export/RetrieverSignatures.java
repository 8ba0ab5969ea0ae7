package org.tdro.export;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tdro.export.tokenizer.GraphPrompts;
import org.tdro.export.tokenizer.GraphTokenizer;
import org.tdro.retriever.EncoderModel;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.serving.client.TextSignature;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TIntegral;

/** The signatures of an exported retriever and the names of their tensors. */
final class RetrieverSignatures {
  static final String ENCODE_QUERY = RetrieverAssets.signature(TextKind.QUERY);
  static final String ENCODE_PASSAGE = RetrieverAssets.signature(TextKind.PASSAGE);
  /** The signature of a client that names none. */
  static final String DEFAULT = "serving_default";

  static final String SCORE = "score";
  static final List<String> ENCODING = List.of(ENCODE_QUERY, ENCODE_PASSAGE, DEFAULT);

  static final String INPUT_IDS = RetrieverAssets.INPUT_IDS;
  static final String ATTENTION_MASK = RetrieverAssets.ATTENTION_MASK;
  static final String EMBEDDING = "embedding";

  static final String QUERY = "query_";
  static final String PASSAGE = "passage_";

  private final EncoderModel model;
  private final RetrieverAssets assets;
  private final Class<? extends TIntegral> type;

  private RetrieverSignatures(EncoderModel model, RetrieverAssets assets) {
    this.model = model;
    this.assets = assets;
    this.type = assets.idType() == IdType.INT32 ? TInt32.class : TInt64.class;
  }

  /**
   * Adds the signatures of an export with these assets to the graph of a model.
   *
   * @param tokenizer of the signatures that take strings; without one there are none
   * @param defaultSignature one of those that there are
   */
  static List<Definition> add(
      EncoderModel model,
      RetrieverAssets assets,
      Optional<GraphTokenizer> tokenizer,
      DefaultSignature defaultSignature) {
    var signatures = new RetrieverSignatures(model, assets);
    var query = signatures.encode(TextKind.QUERY);
    var passage = model.spec().untied() ? signatures.encode(TextKind.PASSAGE) : query;
    var ofTokenizer = Stream.of(
            query.as(assets.signatureOfTokenizer(TextKind.QUERY)),
            passage.as(assets.signatureOfTokenizer(TextKind.PASSAGE)))
        .filter(definition -> !ENCODING.contains(definition.key()));
    var ofStrings = tokenizer.stream().flatMap(signatures::ofStrings);
    var all = Stream.of(
            Stream.of(query.as(ENCODE_QUERY), passage.as(ENCODE_PASSAGE), signatures.score()),
            ofTokenizer,
            ofStrings)
        .flatMap(definitions -> definitions)
        .toList();
    var ofDefault = all.stream()
        .filter(definition -> definition.key().equals(defaultSignature.key()))
        .findFirst()
        .orElseThrow();
    return Stream.concat(all.stream(), Stream.of(ofDefault.as(DEFAULT))).toList();
  }

  /** Returns the signatures that take strings, those of a kind as one graph. */
  private Stream<Definition> ofStrings(GraphTokenizer tokenizer) {
    var byKind = new EnumMap<TextKind, Strings>(TextKind.class);
    for (var kind : TextKind.values()) {
      byKind.put(kind, new Strings(kind, tokenizer));
    }
    return TextSignature.of(assets.prompts()).stream()
        .map(signature -> byKind.get(signature.kind()).definition(signature));
  }

  /** The graph of texts of a kind given as strings. An input that a signature does not have has a default. */
  private final class Strings {
    private final Ops tf;
    private final Map<String, Operand<TString>> inputs = new TreeMap<>();
    private final Operand<TString> text;
    private final Operand<TFloat32> embedding;

    Strings(TextKind kind, GraphTokenizer tokenizer) {
      tf = model.tf().withSubScope(TextSignature.of(kind).key());
      var prompts = new GraphPrompts(assets.prompts(), kind);
      text = kind == TextKind.PASSAGE
          ? tf.withName(RetrieverAssets.TEXT).placeholderWithDefault(titled(), Shape.of(-1))
          : placeholder(tf, RetrieverAssets.TEXT);
      var prompted =
          prompts.areNamed() ? prompts.around(tf, text, promptNames()) : prompts.around(tf, text);
      var tokens = tokenizer.tokenize(tf, prompted, assets.maxLength(kind));
      // The names by which the check of an export fetches them.
      var ids = tf.withName(INPUT_IDS).identity(tokens.ids());
      var mask = tf.withName(ATTENTION_MASK).identity(tokens.mask());
      embedding = tf.withName(EMBEDDING).identity(model.embed(tf, kind, ids, mask));
    }

    private Operand<TString> placeholder(Ops tf, String name) {
      return tf.withName(name).placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
    }

    /** Returns passages after their titles, as rows of passages join them. */
    private Operand<TString> titled() {
      var titled = tf.withSubScope("titled");
      var title = placeholder(titled, RetrieverAssets.TITLE);
      var untitled = placeholder(titled, RetrieverAssets.TEXT);
      inputs.put(RetrieverAssets.TITLE, title);
      inputs.put(RetrieverAssets.TEXT, untitled);
      return titled.select(
          titled.math.equal(title, titled.constant("")),
          untitled,
          titled.strings.join(List.of(title, titled.constant(" "), untitled)));
    }

    /** Returns names of prompts, those of all texts where none are given. */
    private Operand<TString> promptNames() {
      var ofAll = tf.fill(tf.shape(text), tf.constant(Prompts.EVERY_TASK));
      var names =
          tf.withName(RetrieverAssets.PROMPT_NAME).placeholderWithDefault(ofAll, Shape.of(-1));
      inputs.put(RetrieverAssets.PROMPT_NAME, names);
      return names;
    }

    Definition definition(TextSignature signature) {
      var taken = new TreeMap<String, Operand<?>>(inputs);
      taken.keySet().removeIf(name -> !signature.takes(name));
      if (!signature.takes(RetrieverAssets.TITLE)) {
        taken.put(RetrieverAssets.TEXT, text);
      }
      return new Definition(signature.key(), taken, Map.of(EMBEDDING, embedding));
    }
  }

  /** {@code [batch, length] -> [batch, dimension]}; with one encoder for both, queries and passages differ in their prompts and lengths alone. */
  private Definition encode(TextKind kind) {
    var texts = new Texts("", kind);
    var embedding = model.tf().withName(EMBEDDING).identity(texts.embedding);
    return new Definition(
        ENCODE_QUERY,
        Map.of(INPUT_IDS, texts.ids, ATTENTION_MASK, texts.mask),
        Map.of(EMBEDDING, embedding));
  }

  /** Queries and passages, each {@code [batch, length]}, to the products of their embeddings {@code [queries, passages]}. */
  private Definition score() {
    var queries = new Texts(QUERY, TextKind.QUERY);
    var passages = new Texts(PASSAGE, TextKind.PASSAGE);
    var products =
        model.tf().linalg.matMul(queries.embedding, passages.embedding, MatMul.transposeB(true));
    return new Definition(
        SCORE,
        Map.of(
            QUERY + INPUT_IDS,
            queries.ids,
            QUERY + ATTENTION_MASK,
            queries.mask,
            PASSAGE + INPUT_IDS,
            passages.ids,
            PASSAGE + ATTENTION_MASK,
            passages.mask),
        Map.of(SCORE, model.tf().withName(SCORE).identity(products)));
  }

  private final class Texts {
    final Operand<? extends TIntegral> ids;
    final Operand<? extends TIntegral> mask;
    final Operand<TFloat32> embedding;

    Texts(String prefix, TextKind kind) {
      ids = placeholder(prefix + INPUT_IDS);
      mask = placeholder(prefix + ATTENTION_MASK);
      var tf = model.tf();
      embedding = model.embed(
          tf, kind, tf.dtypes.cast(ids, TInt32.class), tf.dtypes.cast(mask, TInt32.class));
    }

    private Operand<? extends TIntegral> placeholder(String name) {
      return model.tf().withName(name).placeholder(type, Placeholder.shape(Shape.of(-1, -1)));
    }
  }

  /** A function of a SavedModel: its inputs and outputs by the names that clients use. */
  record Definition(String key, Map<String, Operand<?>> inputs, Map<String, Operand<?>> outputs) {
    /** The method by which TensorFlow Serving's Predict finds a signature. */
    private static final String METHOD = "tensorflow/serving/predict";

    Definition {
      inputs = new TreeMap<>(inputs);
      outputs = new TreeMap<>(outputs);
    }

    /** Returns the same function under another key. */
    Definition as(String key) {
      return new Definition(key, inputs, outputs);
    }

    /** Returns the names of the operations of its inputs and outputs. */
    Stream<String> operations() {
      return Stream.concat(inputs.values().stream(), outputs.values().stream())
          .map(operand -> operand.op().name());
    }

    SignatureDef definition() {
      var definition = SignatureDef.newBuilder().setMethodName(METHOD);
      inputs.forEach((name, operand) -> definition.putInputs(name, info(operand)));
      outputs.forEach((name, operand) -> definition.putOutputs(name, info(operand)));
      return definition.build();
    }

    private static TensorInfo info(Operand<?> operand) {
      var output = operand.asOutput();
      var shape = TensorShapeProto.newBuilder();
      for (long size : output.shape().asArray()) {
        shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
      }
      return TensorInfo.newBuilder()
          .setName(output.op().name() + ":" + output.index())
          .setDtype(output.dataType())
          .setTensorShape(shape)
          .build();
    }
  }
}
