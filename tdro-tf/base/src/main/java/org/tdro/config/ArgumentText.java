package org.tdro.config;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The quotes, brackets and commas in the text of an argument's value. */
public final class ArgumentText {
  private static final String OPENING = "[{(";
  private static final String CLOSING = "]})";

  /** An interpolation of OmegaConf that calls a resolver, such as {@code ${oc.env:HOME}}. */
  private static final Pattern RESOLVER = Pattern.compile("\\$\\{\\s*([\\w.]+)\\s*:([^}]*)}");

  private static final Pattern MISSING = Pattern.compile("(^|=)\\s*\\?\\?\\?\\s*$");
  private static final Pattern RELATIVE = Pattern.compile("\\$\\{\\s*\\.[^}]*}");

  private ArgumentText() {}

  /** Whether the text is taken as it is unless it is a number, a boolean or null: no list, object, quoted string or substitution. */
  static boolean isBare(String text) {
    return text.isEmpty() || ("[{\"'".indexOf(text.charAt(0)) < 0 && !text.contains("${"));
  }

  /** Returns the index of the first {@code =} that is not in double quotes; -1 if there is none. */
  public static int firstEquals(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '"') {
        i = endOfQuoted(text, i);
      } else if (text.charAt(i) == '=') {
        return i;
      }
    }
    return -1;
  }

  /**
   * Splits a text at the commas that lie outside quotes and brackets; blanks around the parts are dropped.
   *
   * @throws IllegalArgumentException if a quote or bracket is not closed, or a bracket not opened
   */
  public static List<String> split(String text) {
    var parts = new ArrayList<String>();
    var open = new StringBuilder();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isQuote(text, i)) {
        i = endOfQuoted(text, i);
        if (i == text.length()) {
          throw missing(c);
        }
      } else if (OPENING.indexOf(c) >= 0) {
        open.append(CLOSING.charAt(OPENING.indexOf(c)));
      } else if (CLOSING.indexOf(c) >= 0) {
        int last = open.length() - 1;
        if (last < 0 || open.charAt(last) != c) {
          throw new IllegalArgumentException("a %s is not opened; text needs quotes".formatted(c));
        }
        open.setLength(last);
      } else if (c == ',' && open.isEmpty()) {
        parts.add(text.substring(start, i).strip());
        start = i + 1;
      }
    }
    if (!open.isEmpty()) {
      throw missing(open.charAt(open.length() - 1));
    }
    parts.add(text.substring(start).strip());
    return List.copyOf(parts);
  }

  private static IllegalArgumentException missing(char closing) {
    return new IllegalArgumentException("a %s is missing; text needs quotes".formatted(closing));
  }

  /** Returns whether commas split a text into several values; one whose quotes or brackets do not fit together is one value. */
  static boolean isSeveral(String text) {
    try {
      return split(text).size() > 1;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Returns a text in which the strings in single quotes, which HOCON does not know, are in double quotes. */
  static String withDoubleQuotes(String text) {
    var result = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (!isQuote(text, i)) {
        result.append(text.charAt(i));
        continue;
      }
      int end = endOfQuoted(text, i);
      if (text.charAt(i) == '\'' && end < text.length()) {
        result.append(
            ConfigUtil.quoteString(text.substring(i + 1, end).replaceAll("\\\\(['\\\\])", "$1")));
      } else {
        result.append(text, i, Math.min(end + 1, text.length()));
      }
      i = end;
    }
    return result.toString();
  }

  /** Whether a quoted string begins at {@code i}; an apostrophe within a word does not begin one. */
  private static boolean isQuote(String text, int i) {
    return text.charAt(i) == '"'
        || (text.charAt(i) == '\'' && (i == 0 || "[{(,:= \t\n".indexOf(text.charAt(i - 1)) >= 0));
  }

  /** Returns the index of the closing quote, or the length of a text that has none. */
  private static int endOfQuoted(String text, int start) {
    int i = start + 1;
    while (i < text.length() && text.charAt(i) != text.charAt(start)) {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(i, text.length());
  }

  /** Returns what to write instead of text of OmegaConf that HOCON does not have. */
  static Optional<String> foreign(String text) {
    var call = RESOLVER.matcher(text);
    if (call.find()) {
      var name = call.group(1);
      var argument = call.group(2).strip();
      return Optional.of(
          name.equals("oc.env")
              ? " asks OmegaConf for the environment: write ${%s}, or ${?%1$s} where it may be unset"
                  .formatted(argument.replaceFirst(",.*", ""))
              : " calls a resolver of OmegaConf, " + name
                  + ": only ${key} and ${ENVIRONMENT_VARIABLE} are known");
    }
    return RELATIVE.matcher(text).find()
        ? Optional.of(" is relative: write the whole key, ${section.key}")
        : MISSING.matcher(text).find()
            ? Optional.of(" has no value yet: leave the key out, and its absence is reported")
            : Optional.empty();
  }
}
