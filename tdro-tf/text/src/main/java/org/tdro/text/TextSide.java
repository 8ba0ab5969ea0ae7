package org.tdro.text;

/** A side of a token in a text. */
public enum TextSide {
  /** What is before it. */
  BEFORE,
  /** What is after it. */
  AFTER
}
