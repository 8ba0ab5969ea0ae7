package org.tdro.serving.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;
import org.tdro.text.TextKind;

/**
 * The description of an exported retriever, from which a client learns how to make inputs of texts and scores of outputs: the file
 * {@code assets/retriever.json} of a SavedModel, beside {@code assets/tokenizer.json} and the model card
 * {@code assets/README.md}. Read and written without TensorFlow.
 *
 * @param name of the model on a server
 * @param queryLength longer queries are cut, in tokens
 * @param passageLength longer passages are cut, in tokens
 * @param dimension size of an embedding
 * @param pooling how the graph turns the states of tokens into one vector, such as {@code mean}
 * @param normalize whether the graph returns embeddings of length 1
 * @param similarity the meaning of the product of two embeddings
 * @param prompts templates around texts, by task; in the file {@code {"queries": {TASK: TEMPLATE}, "passages": {…}}} with
 *     {@value PromptTemplate#TEXT} in each template
 * @param tokenizerSha256 hash of {@code tokenizer.json}; empty if there is none, or an earlier build wrote the assets
 * @param idType type of {@code input_ids} and {@code attention_mask}
 * @param padMultiple the length of a batch is best rounded up to a multiple of this, for fewer shapes
 */
public record RetrieverAssets(
    String name,
    int queryLength,
    int passageLength,
    int dimension,
    String pooling,
    boolean normalize,
    Similarity similarity,
    Prompts prompts,
    String tokenizerSha256,
    IdType idType,
    int padMultiple) {
  /** The folder of the assets in a SavedModel. */
  public static final String FOLDER = "assets";

  /** The input of token ids {@code [batch, length]}. */
  public static final String INPUT_IDS = "input_ids";

  /** The input that is 1 at tokens and 0 at padding {@code [batch, length]}. */
  public static final String ATTENTION_MASK = "attention_mask";

  /** The input of texts {@code [batch]} where a signature takes strings. */
  public static final String TEXT = "text";

  /** The input of passages' titles {@code [batch]}, which are empty where there is none. */
  public static final String TITLE = "title";

  /** The input of the names of prompts {@code [batch]}; an empty one is that of all texts. */
  public static final String PROMPT_NAME = "prompt_name";

  private static final String FILE = "retriever.json";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String TOKENIZER_HASH = "tokenizer_sha256";
  private static final int SHOWN_HASH = 16;
  private static final JsonMapper JSON = JsonMapper.builder()
      .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
      .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
      // A later version may say more.
      .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
      .addMixIn(PromptTemplate.class, TemplateAsText.class)
      .build();

  public RetrieverAssets {
    var problems = new ArrayList<String>();
    if (name.isBlank()) {
      problems.add("name must not be blank");
    }
    if (queryLength < 1 || passageLength < 1) {
      problems.add("query_length and passage_length must be at least 1, were %d and %d"
          .formatted(queryLength, passageLength));
    }
    if (dimension < 1) {
      problems.add("dimension must be at least 1, was " + dimension);
    }
    if (!tokenizerSha256.matches("|[0-9a-f]{64}")) {
      problems.add("tokenizer_sha256 must be a hash, was " + tokenizerSha256);
    }
    if (padMultiple < 1) {
      problems.add("pad_multiple must be at least 1, was " + padMultiple);
    }
    if (normalize != (similarity == Similarity.COSINE)) {
      problems.add("similarity is cosine where normalize is true and dot where it is false");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /** Writes a template as its text. */
  @SuppressWarnings("UnusedVariable") // Jackson reads the signature
  private abstract static class TemplateAsText {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    TemplateAsText(String template) {}

    @JsonValue
    abstract String template();
  }

  /**
   * Reads the assets of a SavedModel.
   *
   * @param savedModel the version's folder, which holds {@code saved_model.pb}
   * @throws IllegalArgumentException naming the file if it is missing or wrong
   */
  public static RetrieverAssets read(Path savedModel) {
    var file = savedModel.resolve(FOLDER).resolve(FILE);
    try {
      var json = JSON.readTree(Files.readAllBytes(file));
      if (json instanceof ObjectNode facts && !facts.has(TOKENIZER_HASH)) {
        facts.put(TOKENIZER_HASH, "");
      }
      return JSON.treeToValue(json, RetrieverAssets.class);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          file + " is not there: give the folder of a version that tdro export wrote, as BASE/1",
          e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** Writes {@code retriever.json}, and creates its folder if it is missing. */
  public void write(Path savedModel) {
    AtomicWrite.file(
        savedModel.resolve(FOLDER).resolve(FILE),
        beside ->
            Files.write(beside, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this)));
  }

  /** Returns the tokenizer file of a SavedModel; empty if it has none and takes only token ids. */
  public static Optional<Path> tokenizer(Path savedModel) {
    return Optional.of(tokenizerFile(savedModel)).filter(Files::exists);
  }

  /** Returns the path of a SavedModel's tokenizer, whether it exists or not. */
  public static Path tokenizerFile(Path savedModel) {
    return savedModel.resolve(FOLDER).resolve(TOKENIZER);
  }

  /** Returns the signature that embeds texts of a kind. */
  public static String signature(TextKind kind) {
    return kind == TextKind.QUERY ? "encode_query" : "encode_passage";
  }

  /**
   * Returns the same signature under a name that only versions with this tokenizer have, such as {@code
   * encode_query@0123456789abcdef}: any server refuses a call by it whose ids are from another vocabulary. Without a hash it is the
   * plain name.
   */
  public String signatureOfTokenizer(TextKind kind) {
    return tokenizerSha256.isEmpty()
        ? signature(kind)
        : signature(kind) + "@" + tokenizerSha256.substring(0, SHOWN_HASH);
  }

  /** Returns the maximum length of a text of a kind, in tokens. */
  public int maxLength(TextKind kind) {
    return kind == TextKind.QUERY ? queryLength : passageLength;
  }
}
