package org.tdro.data.shards;

import java.util.ArrayList;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tdro.io.InputException;
import org.tdro.text.PromptTemplate;
import org.tdro.text.PromptVariants;

/**
 * The facts that decide the content of a domain's Arrow files, kept in the metadata of their schema. A domain is imported again if
 * any of them changes.
 *
 * @param source SHA-256 of the file of rows
 * @param tokenizer SHA-256 of the tokenizer file
 * @param maxQueryLength in tokens
 * @param maxPassageLength in tokens
 * @param queryPrompts of which one is put around every query
 * @param passagePrompts of which one is put around every passage
 */
record ImportFacts(
    String source,
    String tokenizer,
    int maxQueryLength,
    int maxPassageLength,
    PromptVariants.Drawn queryPrompts,
    PromptVariants.Drawn passagePrompts) {
  private static final String FORMAT = "2";
  private static final String QUERY_PROMPT = "tdro.query-prompt";
  private static final String PASSAGE_PROMPT = "tdro.passage-prompt";

  /** Returns the metadata, sorted so that the same import writes the same bytes in every process. */
  SortedMap<String, String> toMetadata() {
    var metadata = new TreeMap<>(Map.of(
        "tdro.format", FORMAT,
        "tdro.source", source,
        "tdro.tokenizer", tokenizer,
        "tdro.max-query-length", Integer.toString(maxQueryLength),
        "tdro.max-passage-length", Integer.toString(maxPassageLength)));
    put(metadata, QUERY_PROMPT, queryPrompts);
    put(metadata, PASSAGE_PROMPT, passagePrompts);
    return metadata;
  }

  /** Adds the first prompt under {@code key}, the others under {@code key.2} and so on, and the seed that draws one of several. */
  private static void put(
      SortedMap<String, String> metadata, String key, PromptVariants.Drawn prompts) {
    metadata.put(key, prompts.templates().get(0).template());
    for (int i = 1; i < prompts.templates().size(); i++) {
      metadata.put(key + "." + (i + 1), prompts.templates().get(i).template());
      metadata.put(key + ".seed", Long.toString(prompts.seed()));
    }
  }

  private static PromptVariants.Drawn prompts(ShardMetadata metadata, String key) {
    var templates = new ArrayList<PromptTemplate>();
    templates.add(new PromptTemplate(metadata.text(key)));
    while (metadata.values().containsKey(key + "." + (templates.size() + 1))) {
      templates.add(new PromptTemplate(metadata.text(key + "." + (templates.size() + 1))));
    }
    return new PromptVariants.Drawn(
        templates, templates.size() > 1 ? metadata.number(key + ".seed") : 0);
  }

  /**
   * Reads the facts of a file.
   *
   * @throws InputException if something is missing, or the format is a different one
   */
  static ImportFacts fromMetadata(ShardMetadata metadata) {
    var format = metadata.text("tdro.format");
    if (!format.equals(FORMAT)) {
      throw metadata.wrong("has format " + format + ", this version reads " + FORMAT);
    }
    return new ImportFacts(
        metadata.text("tdro.source"),
        metadata.text("tdro.tokenizer"),
        Math.toIntExact(metadata.number("tdro.max-query-length")),
        Math.toIntExact(metadata.number("tdro.max-passage-length")),
        prompts(metadata, QUERY_PROMPT),
        prompts(metadata, PASSAGE_PROMPT));
  }

  /** Returns whether a batch may hold rows of both. */
  boolean sameTokens(ImportFacts other) {
    return tokenizer.equals(other.tokenizer)
        && maxQueryLength == other.maxQueryLength
        && maxPassageLength == other.maxPassageLength;
  }

  String describeTokens() {
    return "tokenizer %.12s, lengths %d/%d".formatted(tokenizer, maxQueryLength, maxPassageLength);
  }
}
