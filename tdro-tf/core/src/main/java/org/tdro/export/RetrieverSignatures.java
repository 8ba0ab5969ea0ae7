package org.tdro.export;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tdro.export.tokenizer.GraphTokenizer;
import org.tdro.retriever.EncoderModel;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.RetrieverAssets;
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
  /** The input of signatures that take strings, {@code [batch]}. */
  static final String TEXT = RetrieverAssets.TEXT;

  static final String TITLE = "title";
  /** The signatures that take strings. */
  static final List<String> OF_STRINGS = List.of(
      RetrieverAssets.textSignature(TextKind.QUERY),
      RetrieverAssets.textSignature(TextKind.PASSAGE),
      RetrieverAssets.TITLED_PASSAGE_SIGNATURE);

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

  /** The signatures of {@link #OF_STRINGS}. */
  private Stream<Definition> ofStrings(GraphTokenizer tokenizer) {
    var ofQuery = scope(TextKind.QUERY);
    var ofPassage = scope(TextKind.PASSAGE);
    var titled = model.tf().withSubScope(RetrieverAssets.TITLED_PASSAGE_SIGNATURE);
    var title = strings(titled, TITLE);
    var text = strings(titled, TEXT);
    // As rows of passages join them.
    var content = titled.select(
        titled.math.equal(title, titled.constant("")),
        text,
        titled.strings.join(List.of(title, titled.constant(" "), text)));
    // Passages without titles are fed here, so that both signatures are one graph.
    var passage = embed(
        ofPassage,
        TextKind.PASSAGE,
        tokenizer,
        ofPassage.withName(TEXT).placeholderWithDefault(content, Shape.of(-1)));
    return Stream.of(
        embed(ofQuery, TextKind.QUERY, tokenizer, strings(ofQuery, TEXT)),
        passage,
        new Definition(
            RetrieverAssets.TITLED_PASSAGE_SIGNATURE,
            Map.of(TITLE, title, TEXT, text),
            passage.outputs()));
  }

  private Ops scope(TextKind kind) {
    return model.tf().withSubScope(RetrieverAssets.textSignature(kind));
  }

  private static Operand<TString> strings(Ops tf, String name) {
    return tf.withName(name).placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
  }

  /** Strings {@code [batch]} to {@code [batch, dimension]}: with the kind's prompt of all texts, cut to its maximum length. */
  private Definition embed(Ops tf, TextKind kind, GraphTokenizer tokenizer, Operand<TString> text) {
    var key = RetrieverAssets.textSignature(kind);
    var tokens = tokenizer.tokenize(
        tf, text, assets.prompts().of(kind, Prompts.EVERY_TASK), assets.maxLength(kind));
    // The names by which the check of an export fetches them.
    var ids = tf.withName(INPUT_IDS).identity(tokens.ids());
    var mask = tf.withName(ATTENTION_MASK).identity(tokens.mask());
    var embedding = tf.withName(EMBEDDING).identity(model.embed(tf, kind, ids, mask));
    return new Definition(key, Map.of(TEXT, text), Map.of(EMBEDDING, embedding));
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
