package org.tdro.text;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Entries of a {@code tokenizer.json}'s {@code added_tokens}. */
final class AddedToken {
  private AddedToken() {}

  /** A token that a text is never split across and that decoding leaves out. */
  static ObjectNode special(String content, int id) {
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
}
