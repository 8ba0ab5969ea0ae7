package org.tdro.data.shards;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tdro.io.InputException;
import org.tdro.text.PromptTemplate;

/**
 * What decides the contents of a domain's Arrow files; stands in their schema metadata. A domain is imported again when any of it
 * changed.
 *
 * @param source SHA-256 of the file of rows
 * @param tokenizer SHA-256 of the tokenizer file
 * @param maxQueryLength in tokens
 * @param maxPassageLength in tokens
 * @param queryPrompt around every query
 * @param passagePrompt around every passage
 */
record ImportFacts(
    String source,
    String tokenizer,
    int maxQueryLength,
    int maxPassageLength,
    PromptTemplate queryPrompt,
    PromptTemplate passagePrompt) {
  private static final String FORMAT = "2";

  /** Sorted, so that the same import writes the same bytes in every run of Java. */
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

  /** @throws InputException if something is missing or the format is another one */
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

  /** Whether rows of both may stand in one batch. */
  boolean sameTokens(ImportFacts other) {
    return tokenizer.equals(other.tokenizer)
        && maxQueryLength == other.maxQueryLength
        && maxPassageLength == other.maxPassageLength;
  }

  String describeTokens() {
    return "tokenizer %.12s, lengths %d/%d".formatted(tokenizer, maxQueryLength, maxPassageLength);
  }
}
