package org.tdro.retriever;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.tdro.io.Json;
import org.tdro.models.Architecture;
import org.tdro.models.BertArchitecture;
import org.tdro.models.ModernBertArchitecture;
import org.tdro.models.Rope;
import org.tdro.models.StaticArchitecture;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.WordCounts;

/** Retrievers for tests, with weights from a seed and a tokenizer that makes a token of each byte. */
public final class SmallRetriever {
  /** Padding, end and the 256 bytes. */
  public static final int VOCABULARY = 258;

  private SmallRetriever() {}

  /** Two transformer layers and a projection to 12. */
  public static RetrieverSpec mini() {
    return spec(bert(VOCABULARY, 2, 96, 0.1f), 12);
  }

  /** A transformer of width 16 with 4 heads. */
  public static BertArchitecture bert(int vocabulary, int layers, int maxPositions, float dropout) {
    return BertArchitecture.builder(vocabulary, 16, layers, 4)
        .feedForward(32)
        .positions(maxPositions, BertArchitecture.COUNT_ALL)
        .dropout(dropout, dropout)
        .initializerRange(0.2f)
        .build();
  }

  /** The same with relative positions, too. */
  static BertArchitecture mpnet(int vocabulary, int layers, int maxPositions, float dropout) {
    return BertArchitecture.builder(vocabulary, 16, layers, 4)
        .family(BertArchitecture.Family.MPNET)
        .feedForward(32)
        .positions(maxPositions, 1)
        .dropout(dropout, dropout)
        .initializerRange(0.2f)
        .build();
  }

  /** A transformer of width 16 with 4 heads; every layer but the first attends to the next two tokens on either side. */
  static ModernBertArchitecture modernBert(int vocabulary, int layers, float dropout) {
    return new ModernBertArchitecture(
        vocabulary,
        16,
        layers,
        4,
        12,
        64,
        List.of(0),
        2,
        new Rope(160_000, Rope.Scaling.NONE),
        new Rope(10_000, Rope.Scaling.NONE),
        1e-5f,
        Set.of(),
        new ModernBertArchitecture.Dropouts(dropout, dropout, dropout),
        0.2f);
  }

  /** Token embeddings of size 16. */
  public static RetrieverSpec staticOf(int vocabulary) {
    return spec(new StaticArchitecture(vocabulary, 16, 0.2f), 0);
  }

  private static RetrieverSpec spec(Architecture architecture, int projection) {
    return new RetrieverSpec(architecture, Pooling.MEAN, projection, true);
  }

  /** Writes one that cuts queries at 32 tokens and passages at 64, with prompts for the task {@code trivia}. */
  public static RetrieverFolder write(Path folder, RetrieverSpec spec) {
    return write(
        folder,
        spec,
        file -> new BytePairTrainer(VOCABULARY).train(new WordCounts(false)).write(file));
  }

  /** Writes WordPiece with the letters, some marks and a few words as tokens. */
  public static void writeWordPiece(Path file) {
    var tokens =
        new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "?", ".", "which", "city"));
    for (char letter = 'a'; letter <= 'z'; letter++) {
      tokens.add(Character.toString(letter));
      tokens.add("##" + letter);
    }
    var json = Json.object().put("version", "1.0");
    json.putObject("normalizer")
        .put("type", "BertNormalizer")
        .put("clean_text", true)
        .put("handle_chinese_chars", true)
        .putNull("strip_accents")
        .put("lowercase", true);
    json.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    json.putObject("post_processor")
        .put("type", "BertProcessing")
        .putArray("sep")
        .add("[SEP]")
        .add(3);
    ((ObjectNode) json.get("post_processor")).putArray("cls").add("[CLS]").add(2);
    var added = json.putArray("added_tokens");
    for (int id = 0; id < 4; id++) {
      added
          .addObject()
          .put("id", id)
          .put("content", tokens.get(id))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    var model = json.putObject("model")
        .put("type", "WordPiece")
        .put("unk_token", "[UNK]")
        .put("continuing_subword_prefix", "##")
        .put("max_input_chars_per_word", 100);
    var vocabulary = model.putObject("vocab");
    tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
    Json.write(file, json);
  }

  /**
   * Writes one with a tokenizer.
   *
   * @param writeTokenizer writes its file
   */
  public static RetrieverFolder write(
      Path folder, RetrieverSpec spec, Consumer<Path> writeTokenizer) {
    var tokenizer = folder.resolveSibling(folder.getFileName() + "-tokenizer.json");
    writeTokenizer.accept(tokenizer);
    var prompts = new Prompts(Map.of("trivia", new PromptTemplate("find: {text}")), Map.of());
    var retriever = new RetrieverFolder(folder);
    int longest = spec.architecture().maxPositions();
    try (var model = new EncoderModel(spec, 7)) {
      retriever.write(
          RetrieverSettings.builder(spec)
              .lengths(Math.min(32, longest), Math.min(64, longest))
              .prompts(prompts)
              .build(),
          tokenizer,
          model);
      Files.delete(tokenizer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return retriever;
  }
}
