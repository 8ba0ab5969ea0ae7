package org.tdro.export;

import java.util.Locale;

/** The signature that {@code serving_default} is, which clients get that name none. */
public enum DefaultSignature {
  /** Token ids of queries. */
  ENCODE_QUERY,
  /** Token ids of passages. */
  ENCODE_PASSAGE,
  /** Queries as strings. */
  EMBED_QUERY_TEXT,
  /** Passages as strings. */
  EMBED_PASSAGE_TEXT;

  /** Returns the name of the signature. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns whether its input is strings, which not every tokenizer allows. */
  boolean takesStrings() {
    return this == EMBED_QUERY_TEXT || this == EMBED_PASSAGE_TEXT;
  }
}
