package org.tdro.io;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that is closest to a mistyped one, for messages that ask "did you mean …?". */
public final class Suggestion {
  private Suggestion() {}

  /** Returns {@code ; did you mean …?} with {@code prefix} before the closest of {@code known}, or nothing if none is close. */
  public static String of(String typed, Collection<String> known, String prefix) {
    return nearest(typed, known)
        .map(name -> "; did you mean " + prefix + name + "?")
        .orElse("");
  }

  /** Returns the closest name that differs in at most a third of its letters. */
  public static Optional<String> nearest(String typed, Collection<String> known) {
    return known.stream()
        .filter(name ->
            distance(typed, name) <= Math.max(1, Math.min(typed.length(), name.length()) / 3))
        .min(Comparator.<String>comparingInt(name -> distance(typed, name))
            .thenComparing(Comparator.naturalOrder()));
  }

  /** Counts insertions, deletions, replacements and swaps of neighbours (Damerau 1964, as optimal string alignment). */
  public static int distance(String a, String b) {
    var d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        var replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
