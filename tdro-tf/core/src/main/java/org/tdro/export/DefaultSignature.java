package org.tdro.export;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.tdro.serving.client.TextSignature;

/** The signature that {@code serving_default} is, which clients get that name none. */
public enum DefaultSignature {
  /** Token ids of queries. */
  ENCODE_QUERY,
  /** Token ids of passages. */
  ENCODE_PASSAGE,
  /** Queries as strings. */
  EMBED_QUERY_TEXT,
  /** Passages as strings. */
  EMBED_PASSAGE_TEXT,
  /** Queries as strings, with the names of their prompts. */
  EMBED_PROMPTED_QUERY_TEXT,
  /** Passages as strings, with the names of their prompts. */
  EMBED_PROMPTED_PASSAGE_TEXT;

  /** Returns the name of the signature. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the signature if it takes strings, which not every tokenizer allows; empty if it takes token ids. */
  Optional<TextSignature> ofStrings() {
    return Arrays.stream(TextSignature.values())
        .filter(signature -> signature.key().equals(key()))
        .findFirst();
  }
}
