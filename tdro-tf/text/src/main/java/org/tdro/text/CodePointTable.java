package org.tdro.text;

import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.function.IntUnaryOperator;

/**
 * A number for every code point, in which pages of code points that have the same numbers are stored once.
 *
 * @param pages of each {@link #PAGE} code points the place of the first one's number
 * @param numbers of all different pages
 */
@SuppressWarnings("ArrayRecordComponent") // a table, never compared
public record CodePointTable(int[] pages, int[] numbers) {
  /** Code points in a page. */
  public static final int PAGE = 256;

  /** Returns the table of the code points below a size, which whole pages have. */
  static CodePointTable of(int size, IntUnaryOperator number) {
    var pages = new int[size / PAGE];
    var distinct = new LinkedHashMap<IntBuffer, Integer>();
    for (int page = 0; page < pages.length; page++) {
      var content = new int[PAGE];
      int first = page * PAGE;
      Arrays.setAll(content, i -> number.applyAsInt(first + i));
      var key = IntBuffer.wrap(content);
      distinct.putIfAbsent(key, distinct.size() * PAGE);
      pages[page] = distinct.get(key);
    }
    return new CodePointTable(
        pages,
        distinct.keySet().stream()
            .flatMapToInt(page -> Arrays.stream(page.array()))
            .toArray());
  }
}
