package org.tdro.io;

import java.util.regex.Pattern;

/** Texts from files as a terminal may show them. */
public final class Printable {
  /** Control characters, and marks that change the direction of text. */
  private static final Pattern STEERING =
      Pattern.compile("[\\p{Cc}\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069&&[^\\t\\r\\n]]");

  private Printable() {}

  /** Returns {@code text} with question marks for the characters that would steer a terminal; tabs and line ends stay. */
  public static String of(String text) {
    return STEERING.matcher(text).replaceAll("?");
  }
}
