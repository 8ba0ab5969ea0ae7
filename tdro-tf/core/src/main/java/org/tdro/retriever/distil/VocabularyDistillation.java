package org.tdro.retriever.distil;

import java.util.LinkedHashMap;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.InputException;
import org.tdro.io.TemporaryFolder;
import org.tdro.models.StaticArchitecture;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.TokenEncoding;
import org.tdro.search.Embeddings;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tdro.text.TokenizerFolder;
import org.tensorflow.proto.ConfigProto;

/**
 * Makes a static encoder from another encoder without any data, by the method of Model2Vec (Stephan Tulkens and Thomas van Dongen, <a
 * href="https://github.com/MinishLab/model2vec">Model2Vec: Fast State-of-the-Art Static Embeddings</a>, 2024):
 *
 * <ol>
 *   <li>each token of the vocabulary is encoded as a text of its own, between the tokenizer's special tokens and without a prompt;
 *       its vector is the encoder's output before the normalisation;
 *   <li>the vectors are replaced by their principal components;
 *   <li>each is multiplied by a factor that is smaller for frequent tokens ({@link TokenFrequencies}).
 * </ol>
 *
 * <p>Unlike Model2Vec, it pools as the encoder does (Model2Vec takes the mean unless told otherwise), and keeps all ids of the
 * tokenizer. Tokens that no text is made of (special tokens, the one for unknown words, free places) get zero vectors, so that they do not
 * change the direction of an embedding; they count neither for the components nor for the ranks.
 */
public final class VocabularyDistillation {
  private final RetrieverSource source;
  private final OptionalInt components;
  private final TokenFrequencies frequencies;
  private final int[] tokens;

  /**
   * Checks that a retriever can be distilled.
   *
   * @param components principal components to keep; empty for the encoder's vectors as they are
   * @throws InputException if the retriever is static already, has no tokenizer or two encoders, or fewer components or tokens than
   *     are asked for
   */
  public VocabularyDistillation(
      RetrieverSource source, OptionalInt components, TokenFrequencies frequencies) {
    this.source = source;
    this.components = components;
    this.frequencies = frequencies;
    var spec = source.settings().spec();
    if (spec.architecture() instanceof StaticArchitecture) {
      throw new InputException(source.path() + " is a static encoder already");
    }
    if (spec.untied()) {
      throw new InputException(
          source.path()
              + " has separate encoders for queries and passages; export one of them with tdro export --format huggingface --side and distil that");
    }
    this.tokens = withTokenizer(TokenizerFolder::textTokens);
    components.ifPresent(count -> {
      if (count < 1 || count > spec.dimension()) {
        throw new InputException("%d components cannot be made of %s, whose vectors have %d"
            .formatted(count, source.path(), spec.dimension()));
      }
      if (count >= tokens.length) {
        throw new InputException(
            "%d components cannot be made of %s, whose vocabulary has %d tokens; ask for fewer than these"
                .formatted(count, source.path(), tokens.length));
      }
    });
  }

  /** Runs an action on the folder of the retriever's tokenizer, which may be a changed copy. */
  private <T> T withTokenizer(Function<TokenizerFolder, T> action) {
    return TemporaryFolder.with(scratch -> action.apply(source
        .tokenizer(source.settings().spec().pooling(), scratch)
        .map(file -> new TokenizerFolder(file.getParent()))
        .orElseThrow(() -> new InputException(
            source.path() + " has no tokenizer.json, so its tokens are not known"))));
  }

  /** Returns the number of tokens that are encoded. */
  public int tokens() {
    return tokens.length;
  }

  /**
   * Makes the static encoder.
   *
   * @param encoded told the number of tokens each time that some were encoded
   * @throws InputException if the encoder gives a token a vector that is not finite, or all the same
   */
  public DistilledRetriever run(IntConsumer encoded) {
    // Before the encoder runs: a wrong line of a corpus shows at once.
    var factors = factors();
    var facts = new LinkedHashMap<String, String>();
    facts.put(
        "distilled from",
        source.path().toAbsolutePath().normalize().getFileName().toString());
    facts.put("SHA-256 of its weights", source.fingerprint());
    facts.put(
        "its licence", PublishedFolder.licence(source.path()).orElse("not named in its README.md"));
    facts.put("method", "Model2Vec (Tulkens and van Dongen, 2024)");
    var vectors = encode(encoded);
    if (components.isPresent()) {
      var principal = PrincipalComponents.of(vectors, components.getAsInt());
      vectors = principal.vectors();
      facts.put(
          "principal components",
          "%d, with %.4f of the variance".formatted(vectors.dimension(), principal.kept()));
    } else {
      facts.put("principal components", "not computed");
    }
    facts.put("weights of tokens", frequencies.toString());
    facts.put("tokens with a vector", Integer.toString(tokens.length));
    return new DistilledRetriever(source, table(vectors, factors), facts);
  }

  private double[] factors() {
    return withTokenizer(folder -> TemporaryFolder.with(scratch -> {
      var alone = folder.withoutSpecialTokens(scratch.resolve("tokenizer.json"));
      try (var tokenizer = Tokenizer.load(alone)) {
        return frequencies.factors(tokenizer, tokens);
      }
    }));
  }

  private Embeddings encode(IntConsumer encoded) {
    var settings = source.settings();
    var plain = settings.with(settings.spec().normalized(false));
    try (var encoder = Retriever.load(source, plain, ConfigProto.getDefaultInstance())) {
      encoder.onEncoded(encoded);
      var texts = encoder.tokenizer().encodeEach(tokens);
      // All are of one length, so that nothing needs to be padded.
      var batches = new TokenEncoding(TokenEncoding.DEFAULT.tokensPerBatch(), 1);
      var vectors = encoder.encode(TextKind.PASSAGE, texts, batches);
      vectors.firstNotFinite().ifPresent(row -> {
        throw new InputException(
            "%s gives the token with id %d a vector that is not finite: its weights are damaged or overflow"
                .formatted(source.path(), tokens[row]));
      });
      return vectors;
    }
  }

  /** Returns the vectors of all ids, {@code [ids, dimension]}; zero for those without one. */
  private Embeddings table(Embeddings vectors, double[] factors) {
    int ids = withTokenizer(folder -> {
      try (var tokenizer = folder.load()) {
        return tokenizer.vocabularySize();
      }
    });
    int size = vectors.dimension();
    var table = new float[Math.multiplyExact(ids, size)];
    for (int row = 0; row < tokens.length; row++) {
      for (int i = 0; i < size; i++) {
        table[tokens[row] * size + i] = (float) (factors[row] * vectors.values()[row * size + i]);
      }
    }
    return new Embeddings(ids, size, table);
  }
}
