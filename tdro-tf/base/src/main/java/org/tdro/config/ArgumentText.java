package org.tdro.config;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The quotes, brackets and commas in the text of an argument's value. */
final class ArgumentText {
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
  static int firstEquals(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '"') {
        i = endOfQuoted(text, i);
      } else if (text.charAt(i) == '=') {
        return i;
      }
    }
    return -1;
  }

  /** Returns the parts between the commas that lie outside quotes and brackets. */
  static List<String> split(String text) {
    var parts = new ArrayList<String>();
    int start = 0;
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isQuote(text, i)) {
        i = endOfQuoted(text, i);
      } else if (OPENING.indexOf(c) >= 0) {
        depth++;
      } else if (CLOSING.indexOf(c) >= 0) {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
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
