package org.tdro.text;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A token that is not text, such as the one that ends a text: a retriever that pools the last token reads there what the text
 * was about.
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

  /** Its entry in a {@code tokenizer.json}'s {@code added_tokens}: no text is split across it, and decoding leaves it out. */
  ObjectNode entry() {
    return JsonNodeFactory.instance
        .objectNode()
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
