package org.tdro.data.shards;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tdro.io.InputException;
import org.tdro.text.PromptTemplate;

/**
 * The facts that decide the content of a domain's Arrow files, kept in the metadata of their schema. A domain is imported again if
 * any of them changes.
 *
 * @param source SHA-256 of the file of rows
 * @param tokenizer SHA-256 of the tokenizer file
 * @param maxQueryLength in tokens
 * @param maxPassageLength in tokens
 * @param queryPrompt put around every query
 * @param passagePrompt put around every passage
 */
record ImportFacts(
    String source,
    String tokenizer,
    int maxQueryLength,
    int maxPassageLength,
    PromptTemplate queryPrompt,
    PromptTemplate passagePrompt) {
  private static final String FORMAT = "2";

  /** Returns the metadata, sorted so that the same import writes the same bytes in every process. */
  SortedMap<String, String> toMetadata() {
    return new TreeMap<>(Map.of(
        "tdro.format", FORMAT,
        "tdro.source", source,
        "tdro.tokenizer", tokenizer,
        "tdro.max-query-length", Integer.toString(maxQueryLength),
        "tdro.max-passage-length", Integer.toString(maxPassageLength),
        "tdro.query-prompt", queryPrompt.template(),
        "tdro.passage-prompt", passagePrompt.template()));
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
        new PromptTemplate(metadata.text("tdro.query-prompt")),
        new PromptTemplate(metadata.text("tdro.passage-prompt")));
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
