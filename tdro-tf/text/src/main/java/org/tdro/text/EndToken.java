package org.tdro.text;

/**
 * The special token behind a text, in which a retriever that pools the last token reads what the text was about.
 *
 * @param content as it is written, such as {@code <|endoftext|>}
 */
public record EndToken(String content, int id) {
  public EndToken {
    if (content.isEmpty()) {
      throw new IllegalArgumentException("an end token has a name");
    }
    if (id < 0) {
      throw new IllegalArgumentException("an end token's id is at least 0, was " + id);
    }
  }

  @Override
  public String toString() {
    return content + " (id " + id + ")";
  }
}
