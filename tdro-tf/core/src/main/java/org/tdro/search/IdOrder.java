package org.tdro.search;

import java.util.Comparator;

/**
 * The order of ids by their UTF-8 bytes, as in C's {@code strcmp}.
 *
 * <p>It differs from {@link String#compareTo} only where a surrogate pair meets a character from U+E000 on.
 */
public enum IdOrder implements Comparator<String> {
  /** Ids by ascending bytes. */
  ASCENDING;

  @Override
  public int compare(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        // The bytes of UTF-8 are ordered as the code points, and those of surrogate pairs are the
        // largest.
        return Character.isSurrogate(a) == Character.isSurrogate(b)
            ? Character.compare(a, b)
            : Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b));
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
