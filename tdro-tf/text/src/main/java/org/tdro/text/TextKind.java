package org.tdro.text;

/** The role of a text in retrieval, which decides its prompt and maximum length. */
public enum TextKind {
  /** A text that asks. */
  QUERY("queries"),
  /** A text that is found. */
  PASSAGE("passages");

  private final String plural;

  TextKind(String plural) {
    this.plural = plural;
  }

  /** Returns the word for texts of this kind. */
  public String plural() {
    return plural;
  }
}
