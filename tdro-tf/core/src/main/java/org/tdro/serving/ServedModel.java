package org.tdro.serving;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.serving.client.TextSignature;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.proto.SignatureDef;

/**
 * A loaded version of a model. It counts who uses it and is closed when it has been retired and its last user is done.
 */
final class ServedModel {
  private static final List<TokenRow> WARM_UP = List.of(TokenRow.of(new int[] {0}));

  private final ServerOptions options;
  private final ServerMetrics metrics;
  private final long version;
  private final RetrieverAssets assets;
  private final Optional<Tokenizer> tokenizer;
  private final SavedModelBundle bundle;
  private final Map<String, SignatureCall> signatures;
  private final Map<String, Encoder<TokenRow>> encoders = new LinkedHashMap<>();
  private final Map<String, StringEncoder> strings = new TreeMap<>();
  private final List<Batcher<?>> batchers = new ArrayList<>();
  private final OptionalInt vocabulary;
  private final int maxLength;

  /** The number of uses: one for being served, one for each user. */
  private final AtomicInteger uses = new AtomicInteger(1);

  /**
   * A signature that takes strings.
   *
   * @param prompts those that may be named; empty if it takes no names
   */
  private record StringEncoder(
      List<String> names, Optional<PromptNames> prompts, Encoder<StringRow> encoder) {

    /** Checks the names of prompts; in the graph, a wrong one would fail all requests that are joined. */
    void requirePrompts(List<StringRow> rows) {
      int column = names.indexOf(RetrieverAssets.PROMPT_NAME);
      prompts.ifPresent(known -> rows.forEach(
          row -> known.require(new String(row.values().get(column), StandardCharsets.UTF_8))));
    }
  }

  /**
   * What answers a request that has been checked.
   *
   * @param texts in the request
   * @param run computes the answer for a caller
   */
  record Work(int texts, Function<Caller, float[][]> run) {}

  private ServedModel(
      long version,
      RetrieverAssets assets,
      Optional<Tokenizer> tokenizer,
      SavedModelBundle bundle,
      ServerOptions options,
      ServerMetrics metrics) {
    this.options = options;
    this.metrics = metrics;
    this.version = version;
    this.assets = assets;
    this.tokenizer = tokenizer;
    this.bundle = bundle;
    int longest = Math.max(assets.queryLength(), assets.passageLength());
    maxLength = options.limits().length() == 0 ? longest : options.limits().length();
    signatures = signatures(longest);
    if (signatures.isEmpty()) {
      throw new IllegalArgumentException(
          "no signature takes input_ids and attention_mask and returns embeddings");
    }
    vocabulary = EmbeddingTable.rows(
        bundle.metaGraphDef().getGraphDef(),
        signatures.values().iterator().next().inputs().get(0).ids().getName());
    // The first run of a signature prepares its graph.
    signatures
        .values()
        .forEach(signature ->
            signature.run(signature.inputs().stream().map(input -> WARM_UP).toList()));
    var calls = stringCalls();
    calls
        .values()
        .forEach(call -> call.run(
            List.of(new StringRow(call.names().stream().map(name -> new byte[0]).toList()))));
    // The last that may fail was the last first run: from here on there are threads.
    signatures.forEach((name, signature) -> {
      if (signature.inputs().size() == 1) {
        encoders.put(name, encoder(name, (rows, caller) -> signature.run(List.of(rows))));
      }
    });
    calls.forEach((name, call) -> strings.put(
        name,
        new StringEncoder(
            call.names(), prompts(name), encoder(name, (rows, caller) -> call.run(rows)))));
  }

  /**
   * Loads a SavedModel and runs each of its signatures once.
   *
   * @throws IllegalArgumentException if it cannot be served
   */
  static ServedModel load(Path folder, long version, ServerOptions options, ServerMetrics metrics) {
    var assets = RetrieverAssets.read(folder);
    var tokenizer = RetrieverAssets.tokenizer(folder).map(Tokenizer::load);
    SavedModelBundle bundle = null;
    try {
      bundle = SavedModelBundle.load(folder.toString(), "serve");
      return new ServedModel(version, assets, tokenizer, bundle, options, metrics);
    } catch (RuntimeException | Error e) {
      if (bundle != null) {
        bundle.close();
      }
      tokenizer.ifPresent(Tokenizer::close);
      if (e instanceof Error) {
        throw e;
      }
      throw new IllegalArgumentException(folder + " cannot be served: " + e.getMessage(), e);
    }
  }

  private <R> Encoder<R> encoder(String name, Encoder<R> signature) {
    var measured = metrics.measured(name, signature);
    if (options.batching().texts() == 0) {
      return measured;
    }
    var batcher =
        new Batcher<>(name, measured, options.batching(), options.limits().patience());
    batchers.add(batcher);
    return batcher;
  }

  private Map<String, SignatureCall> signatures(int longest) {
    var found = new TreeMap<String, SignatureCall>();
    bundle.metaGraphDef().getSignatureDefMap().forEach((key, signature) -> {
      if (plain(key).equals(key)) {
        SignatureCall.of(bundle.session(), signature, assets.padMultiple(), longest)
            .ifPresent(served -> found.put(key, served));
      }
    });
    return found;
  }

  private Map<String, StringCall> stringCalls() {
    var found = new TreeMap<String, StringCall>();
    bundle
        .metaGraphDef()
        .getSignatureDefMap()
        .forEach((key, signature) ->
            StringCall.of(bundle.session(), signature).ifPresent(call -> found.put(key, call)));
    return found;
  }

  /** Returns the prompts that a signature takes by name; the default signature is one of the others under a second name. */
  private Optional<PromptNames> prompts(String name) {
    var definitions = bundle.metaGraphDef().getSignatureDefMap();
    var inputs = definitions.get(name).getInputsMap();
    return TextSignature.of(assets.prompts()).stream()
        .filter(signature -> signature.takes(RetrieverAssets.PROMPT_NAME))
        .filter(signature -> definitions.containsKey(signature.key())
            && definitions.get(signature.key()).getInputsMap().equals(inputs))
        .map(signature -> PromptNames.of(assets.prompts(), signature.kind()))
        .findFirst();
  }

  /** Returns the plain name of a signature, whose calls by the name of its tokenizer are joined with others. */
  private String plain(String name) {
    return Arrays.stream(TextKind.values())
        .filter(kind -> assets.signatureOfTokenizer(kind).equals(name))
        .map(RetrieverAssets::signature)
        .findFirst()
        .orElse(name);
  }

  /** Keeps the model open until {@link #release}; returns false if it is closed already. */
  boolean use() {
    return uses.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  /** Ends one use: a request's, or the one for being served. */
  void release() {
    if (uses.decrementAndGet() == 0) {
      batchers.forEach(Batcher::close);
      bundle.close();
      tokenizer.ifPresent(Tokenizer::close);
    }
  }

  /** Returns whether the model has been closed. */
  boolean isClosed() {
    return uses.get() == 0;
  }

  long version() {
    return version;
  }

  RetrieverAssets assets() {
    return assets;
  }

  /**
   * Returns the tokenizer.
   *
   * @throws ApiException 400 if the model has none
   */
  Tokenizer tokenizer() {
    return tokenizer.orElseThrow(() -> ApiException.badRequest(
        "the model has no tokenizer, so it takes token ids alone: use :predict"));
  }

  /** Returns all signatures of the SavedModel, served or not. */
  Map<String, SignatureDef> signatureDefs() {
    return new TreeMap<>(bundle.metaGraphDef().getSignatureDefMap());
  }

  /**
   * Returns a signature that takes token ids.
   *
   * @throws ApiException 400 if the model does not have it
   */
  SignatureCall signature(String name) {
    var signature = signatures.get(plain(name));
    if (signature == null) {
      var all = new TreeSet<>(signatures.keySet());
      all.addAll(strings.keySet());
      throw ApiException.badRequest("Serving signature key \"%s\" not found; the model has %s"
          .formatted(name, String.join(", ", all)));
    }
    return signature;
  }

  /**
   * Returns the definition of a signature that is served.
   *
   * @throws ApiException 400 if the model does not have it
   */
  SignatureDef signatureDef(String name) {
    var plain = plain(name);
    if (!strings.containsKey(plain)) {
      signature(plain);
    }
    return bundle.metaGraphDef().getSignatureDefOrThrow(plain);
  }

  /** Runs a signature of one batch, joined with other requests if batching is on. */
  float[][] encode(String signature, List<TokenRow> rows, Caller caller) {
    return encoders.get(signature).encode(rows, caller);
  }

  /**
   * Returns what answers a request.
   *
   * @throws ApiException 400 if the model does not have the signature, or the request is not one of it
   */
  Work work(PredictRequest request) {
    var name = plain(request.signature());
    var ofStrings = strings.get(name);
    if (ofStrings != null) {
      var rows = request.strings(ofStrings.names());
      ofStrings.requirePrompts(rows);
      return new Work(rows.size(), caller -> ofStrings.encoder().encode(rows, caller));
    }
    var signature = signature(name);
    var batches = request.batches(signature.inputs(), vocabulary);
    return new Work(
        batches.stream().mapToInt(List::size).sum(),
        caller -> encoders.containsKey(name)
            ? encode(name, batches.get(0), caller)
            : signature.run(batches));
  }

  /** Returns the length of the longest row that is accepted. */
  int maxLength() {
    return maxLength;
  }

  /** Returns the number of token ids; empty if it cannot be found in the graph. */
  OptionalInt vocabulary() {
    return vocabulary;
  }
}
