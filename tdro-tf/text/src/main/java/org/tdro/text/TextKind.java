package org.tdro.text;

/** The role of a text in retrieval, which decides its prompt and maximum length. */
public enum TextKind {
  /** A text that asks. */
  QUERY,
  /** A text that is found. */
  PASSAGE
}
