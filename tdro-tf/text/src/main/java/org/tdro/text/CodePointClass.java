package org.tdro.text;

/** What a code point is to a {@link WordPattern}: one of these kinds, and the number of a role in contractions. */
public final class CodePointClass {
  /** Anything else, such as punctuation. */
  public static final int OTHER = 0;
  /** A letter. */
  public static final int LETTER = 1;
  /** A digit or another number. */
  public static final int NUMBER = 2;
  /** White space but blanks and line ends. */
  public static final int SPACE = 3;
  /** A blank, U+0020. */
  public static final int BLANK = 4;
  /** A line end, U+000A or U+000D. */
  public static final int LINE_END = 5;
  /** A special token or the end of a text. */
  public static final int SPECIAL = 6;

  /** A digit that is a word by itself, whatever is beside it. */
  public static final int DIGIT = 7;

  /** Kinds. */
  public static final int KINDS = 8;

  /** The role of an apostrophe. */
  public static final int APOSTROPHE = 1;

  /**
   * The letters of contractions, each list a role, in order: of {@code 's 't 'm 'd}, then {@code r v e l} of {@code 're 've 'll}.
   */
  static final String[] LETTERS = {"s|t|m|d", "r", "v", "e", "l"};

  /** The role of a letter that is a contraction alone. */
  public static final int ALONE = 2;
  /** The roles of the letters of the longer ones. */
  public static final int R = 3;

  public static final int V = 4;
  public static final int E = 5;
  public static final int L = 6;

  private CodePointClass() {}
}
