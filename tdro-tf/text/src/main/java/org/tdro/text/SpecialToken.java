package org.tdro.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.tdro.io.Json;

/**
 * A token that is not text, such as the one that ends a text, whose state is the embedding if a retriever pools the last token.
 *
 * @param content its name, such as {@code <|endoftext|>}
 */
public record SpecialToken(String content, int id) {
  public SpecialToken {
    if (content.isEmpty()) {
      throw new IllegalArgumentException("a special token must have a name");
    }
    if (id < 0) {
      throw new IllegalArgumentException("the id of a special token must be at least 0, was " + id);
    }
  }

  /** Returns the entry in {@code added_tokens} of a {@code tokenizer.json}, by which decoding leaves the token out. */
  ObjectNode entry() {
    return Json.object()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  @Override
  public String toString() {
    return content + " (id " + id + ")";
  }
}
