package org.tdro.rows;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A form of training rows that a program or a collection uses. All are recognised; a name chooses one all the same. */
public enum RowFormat {
  /** Tevatron's and tDRO's, with the texts of the passages. */
  TEVATRON,
  /** Tevatron's with ids of documents, which lie beside it in {@code corpus.*}. */
  TEVATRON_IDS,
  /** Sentence-transformers' pairs and triplets: columns of texts. */
  SENTENCE_TRANSFORMERS,
  /** FlagEmbedding's lists of texts. */
  FLAGEMBEDDING,
  /** DPR's contexts. */
  DPR,
  /** A folder of BEIR with {@code qrels/train.tsv}. */
  BEIR,
  /** A folder of MS MARCO: queries, collection, and judgements or triples of ids. */
  MSMARCO,
  /** MS MARCO's triples of texts, separated by tabs. */
  MSMARCO_TRIPLES;

  /** Returns the name for a user, such as {@code sentence-transformers}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the format of a name. */
  public static Optional<RowFormat> of(String name) {
    return Arrays.stream(values())
        .filter(format -> format.toString().equals(name))
        .findFirst();
  }

  /** Returns all names, for a message. */
  public static String names() {
    return Arrays.stream(values()).map(RowFormat::toString).collect(Collectors.joining(", "));
  }

  /** Returns whether rows of this form are made from several files of a folder. */
  boolean isFolder() {
    return List.of(BEIR, MSMARCO).contains(this);
  }
}
