package org.tdro.retriever.distil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.export.python.HuggingFaceExport;
import org.tdro.export.python.PythonModelCard;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.huggingface.SmallCheckpoint;
import org.tdro.huggingface.SmallStatic;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.io.InputException;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.search.Embeddings;
import org.tdro.text.TextKind;
import org.tdro.text.TokenizerFolder;
import org.tensorflow.proto.ConfigProto;

/** Static encoders made of small published ones, against components and factors computed in plain Java. */
class VocabularyDistillationTest {
  private static final double TOLERANCE = 1e-4;
  private static final int CLS = 3;
  private static final int SEP = 4;
  private static final int SIZE = 12;

  /** A vocabulary like BERT's; the last token was added to it. */
  private static final List<String> VOCABULARY = List.of(
      "[PAD]",
      "[unused0]",
      "[UNK]",
      "[CLS]",
      "[SEP]",
      "[MASK]",
      "the",
      "of",
      "land",
      "##s",
      "paint",
      "dries",
      "capital",
      "a",
      "##ing",
      "b",
      "river",
      "7",
      "##3",
      "sea",
      "[unused1]",
      "hill",
      "<new>");

  private static final int[] TOKENS =
      IntStream.range(6, VOCABULARY.size()).filter(id -> id != 20).toArray();

  @TempDir
  static Path folder;

  private static Path trained;
  private static RetrieverSource bert;

  /** Publishes an encoder of bytes, with a projection and a mean of all tokens, and the same with a vocabulary of words. */
  @BeforeAll
  static void publish() throws IOException {
    trained =
        SmallRetriever.write(folder.resolve("trained"), SmallRetriever.mini()).path();
    bert = StoredRetrievers.of(withWords(trained, folder.resolve("bert")));
  }

  private static Path withWords(Path model, Path published) throws IOException {
    export(StoredRetrievers.of(model), published);
    Files.delete(published.resolve("tokenizer_config.json"));
    var words = new ArrayList<String>();
    var added = new ArrayList<String>();
    for (int id = 0; id < VOCABULARY.size(); id++) {
      var token = VOCABULARY.get(id);
      boolean special = token.matches("\\[[A-Z]+]") && !token.equals("[UNK]");
      if (special || token.equals("<new>")) {
        added.add("""
            {"id": %d, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": %s}""".formatted(id, token, special));
      }
      words.add("\"%s\": %d".formatted(token, id));
    }
    Files.writeString(published.resolve("tokenizer.json"), """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [%s], "normalizer": {"type": "Lowercase"},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 4], "cls": ["[CLS]", 3]}, "decoder": null,
         "model": {"type": "WordPiece", "vocab": {%s}, "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100}}""".formatted(
            String.join(", ", added), String.join(", ", words)));
    Files.writeString(
        published.resolve("README.md"), "---\ntags: [a]\nlicense: mit\n---\n# A model\n");
    return published;
  }

  private static void export(RetrieverSource source, Path output) {
    Map<String, String> facts = source instanceof DistilledRetriever made ? made.facts() : Map.of();
    new HuggingFaceExport(DType.F32, 1L << 30, new PythonModelCard(facts))
        .export(source, source.settings(), output);
  }

  private static DistilledRetriever distil(
      RetrieverSource source, int components, TokenFrequencies frequencies) {
    return new VocabularyDistillation(
            source, components == 0 ? OptionalInt.empty() : OptionalInt.of(components), frequencies)
        .run(count -> {});
  }

  /** Returns the outputs of an encoder for texts of token ids, before they are normalised, {@code [texts][size]}. */
  private static double[][] outputs(RetrieverSource source, int[][] texts) {
    var settings = source.settings();
    try (var encoder = Retriever.load(
        source,
        settings.with(settings.spec().normalized(false)),
        ConfigProto.getDefaultInstance())) {
      return rows(encoder.encode(TextKind.PASSAGE, texts));
    }
  }

  private static double[][] rows(Embeddings matrix) {
    return IntStream.range(0, matrix.rows())
        .mapToObj(row -> {
          var vector = matrix.row(row);
          return IntStream.range(0, vector.length).mapToDouble(i -> vector[i]).toArray();
        })
        .toArray(double[][]::new);
  }

  private static double[][] bertOutputs() {
    return outputs(
        bert, Arrays.stream(TOKENS).mapToObj(id -> new int[] {CLS, id, SEP}).toArray(int[][]::new));
  }

  /** Returns vectors as their first principal components, found one after the other by power iteration. */
  private static double[][] principal(double[][] vectors, int count) {
    int size = vectors[0].length;
    var rest = new double[vectors.length][];
    var result = new double[vectors.length][count];
    for (int row = 0; row < vectors.length; row++) {
      rest[row] = vectors[row].clone();
    }
    for (int i = 0; i < size; i++) {
      int column = i;
      double mean =
          Arrays.stream(vectors).mapToDouble(row -> row[column]).average().orElseThrow();
      Arrays.stream(rest).forEach(row -> row[column] -= mean);
    }
    for (int component = 0; component < count; component++) {
      var direction = new double[size];
      Arrays.fill(direction, 1);
      for (int step = 0; step < 5000; step++) {
        var next = new double[size];
        for (var row : rest) {
          double along = dot(row, direction);
          for (int i = 0; i < size; i++) {
            next[i] += along * row[i];
          }
        }
        double length = Math.sqrt(dot(next, next));
        Arrays.setAll(direction, i -> next[i] / length);
      }
      double largest = Arrays.stream(direction)
          .boxed()
          .max((a, b) -> Double.compare(Math.abs(a), Math.abs(b)))
          .orElseThrow();
      for (int row = 0; row < rest.length; row++) {
        double along = dot(rest[row], direction);
        result[row][component] = Math.signum(largest) * along;
        for (int i = 0; i < size; i++) {
          rest[row][i] -= along * direction[i];
        }
      }
    }
    return result;
  }

  private static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  /** Checks the vectors of the tokens of texts, and that the others are zero. */
  private static void assertVectors(
      DistilledRetriever made, double[][] expected, double[] factors) {
    var table = rows(made.table());
    assertThat(table).hasNumberOfRows(VOCABULARY.size());
    var left = new ArrayList<>(IntStream.range(0, table.length).boxed().toList());
    for (int row = 0; row < TOKENS.length; row++) {
      left.remove((Integer) TOKENS[row]);
      for (int i = 0; i < expected[row].length; i++) {
        assertThat(table[TOKENS[row]][i])
            .as("%s, %d", VOCABULARY.get(TOKENS[row]), i)
            .isCloseTo(factors[row] * expected[row][i], within(TOLERANCE * factors[row]));
      }
    }
    assertThat(left).hasSize(7).allSatisfy(id -> assertThat(table[id]).containsOnly(0));
  }

  private static double[] equal() {
    var factors = new double[TOKENS.length];
    Arrays.fill(factors, 1);
    return factors;
  }

  @Test
  void aVectorIsTheOutputForItsTokenBetweenSpecialTokens() {
    assertVectors(distil(bert, 0, TokenFrequencies.equal()), bertOutputs(), equal());
  }

  @Test
  void vectorsAreReplacedByTheirPrincipalComponents() {
    var made = distil(bert, 5, TokenFrequencies.equal());
    assertVectors(made, principal(bertOutputs(), 5), equal());
    assertThat(made.facts().get("principal components")).startsWith("5, with 0.");
  }

  /** All of them are a rotation: nothing is lost but the mean. */
  @Test
  void allComponentsHaveTheWholeVariance() {
    assertThat(distil(bert, SIZE, TokenFrequencies.equal()).facts())
        .containsEntry("principal components", "12, with 1.0000 of the variance");
  }

  @Test
  void frequentTokensWeighLessByZipfsLaw() {
    double sum =
        IntStream.range(0, TOKENS.length).mapToDouble(i -> 1.0 / (i + 2)).sum();
    var factors = IntStream.range(0, TOKENS.length)
        .mapToDouble(i -> 1e-4 / (1e-4 + 1 / (i + 2.0) / sum))
        .toArray();
    assertVectors(distil(bert, 4, TokenFrequencies.zipf()), principal(bertOutputs(), 4), factors);
  }

  @Test
  void frequenciesAreCountedInACorpus() throws IOException {
    var corpus = Files.writeString(
        folder.resolve("corpus.jsonl"),
        "{\"title\": \"The sea\", \"text\": \"the lands [SEP] unknown\"}\n\n{\"text\": \"the <new> hill\"}\n");
    var counts = new double[VOCABULARY.size()];
    counts[VOCABULARY.indexOf("the")] = 3;
    for (var once : List.of("sea", "land", "##s", "<new>", "hill")) {
      counts[VOCABULARY.indexOf(once)] = 1;
    }
    var factors =
        Arrays.stream(TOKENS).mapToDouble(id -> 1e-4 / (1e-4 + counts[id] / 8)).toArray();
    var lines = new ArrayList<Integer>();
    assertVectors(distil(bert, 0, TokenFrequencies.in(corpus, lines::add)), bertOutputs(), factors);
    assertThat(lines).containsExactly(2);
  }

  @Test
  void wrongLinesOfACorpusAreListed() throws IOException {
    var corpus =
        Files.writeString(folder.resolve("wrong.jsonl"), "{\"text\": 3}\n{\"title\": \"a\"}\nno\n");
    assertThatThrownBy(() -> distil(bert, 0, TokenFrequencies.in(corpus, lines -> {})))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("wrong.jsonl:1: has no text that is a string")
        .hasMessageContaining("wrong.jsonl:2: has no text")
        .hasMessageContaining("wrong.jsonl:3: ");
  }

  @Test
  void theFolderLoadsWithTheVectorsThatWereMade() throws IOException {
    var made = distil(bert, 6, TokenFrequencies.zipf());
    var again = distil(bert, 6, TokenFrequencies.zipf());
    assertThat(again.table().values()).containsExactly(made.table().values());
    assertThat(again.fingerprint()).isEqualTo(made.fingerprint());
    var output = folder.resolve("static");
    export(made, output);
    var stored = StoredRetrievers.of(output);
    assertThat(stored.settings()).isEqualTo(made.settings());
    var table = rows(made.table());
    var expected = new double[6];
    for (var token : List.of("the", "land", "##s", "hill")) {
      Arrays.setAll(expected, i -> expected[i] + table[VOCABULARY.indexOf(token)][i]);
    }
    double length = Math.sqrt(dot(expected, expected));
    try (var retriever = StoredRetrievers.load(output)) {
      // A token that is not text does not turn the embedding.
      var embedding =
          retriever.encode(TextKind.QUERY, "", List.of("the Lands [MASK] unknown hill"));
      for (int i = 0; i < 6; i++) {
        assertThat(embedding.values()[i] * 1.0).isCloseTo(expected[i] / length, within(1e-6));
      }
    }
    assertThat(output.resolve("README.md"))
        .content()
        .contains(
            "| distilled from | bert |", "| its licence | mit |", "Zipf's law", "6 components");
    assertThat(PublishedFolder.licence(output)).isEmpty();
  }

  /** The bytes of a byte-level vocabulary are tokens; the state of the end token is pooled. */
  @Test
  void aDecoderEndsEachTokenWithItsEndToken() throws IOException {
    var decoder = StoredRetrievers.of(
        SmallCheckpoint.write(folder.resolve("decoder"), 3, "{\"vocab_size\": 258}"));
    var texts = IntStream.range(2, 258).mapToObj(id -> new int[] {id, 1}).toArray(int[][]::new);
    var table = rows(distil(decoder, 0, TokenFrequencies.equal()).table());
    var expected = outputs(decoder, texts);
    assertThat(table).hasNumberOfRows(258);
    for (int i = 0; i < expected.length; i++) {
      assertThat(table[i + 2]).usingComparatorWithPrecision(TOLERANCE).containsExactly(expected[i]);
    }
  }

  @Test
  void whatWasTrainedHereIsDistilled() {
    assertThat(distil(StoredRetrievers.of(trained), 3, TokenFrequencies.zipf())
            .settings()
            .spec()
            .dimension())
        .isEqualTo(3);
  }

  private static void assertRefused(RetrieverSource source, int components, String message) {
    assertThatThrownBy(() -> distil(source, components, TokenFrequencies.equal()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatCannotBeDistilledIsRefused() throws IOException {
    assertRefused(bert, 13, "13 components cannot be made of");
    assertRefused(bert, -1, "whose vectors have 12");
    var wide = SmallRetriever.write(
        folder.resolve("wide"),
        new RetrieverSpec(SmallRetriever.bert(258, 1, 96, 0), Pooling.MEAN, 0, true));
    var sixteen = StoredRetrievers.of(withWords(wide.path(), folder.resolve("sixteen")));
    assertRefused(sixteen, 16, "whose vocabulary has 16 tokens; ask for fewer than these");
    Files.delete(folder.resolve("sixteen/tokenizer.json"));
    assertRefused(sixteen, 3, "has no tokenizer.json, so its tokens are not known");
    assertRefused(
        SmallRetriever.write(folder.resolve("two"), SmallRetriever.mini().untied(true)),
        3,
        "has separate encoders for queries and passages");
    var table = SmallStatic.write(
        folder.resolve("table"), SmallStatic.table("embedding.weight"), DType.F32);
    assertRefused(StoredRetrievers.of(table), 3, "is a static encoder already");
  }

  @Test
  void aDecoderWithoutAnEndTokenIsRefused() throws IOException {
    var model = SmallCheckpoint.write(
        folder.resolve("endless"), 3, "{\"vocab_size\": 258, \"eos_token_id\": null}");
    var without = new TokenizerFolder(model).withoutSpecialTokens(folder.resolve("tokenizer.json"));
    Files.copy(without, model.resolve("tokenizer.json"), StandardCopyOption.REPLACE_EXISTING);
    assertRefused(StoredRetrievers.of(model), 3, "puts no special token after a text");
  }
}
