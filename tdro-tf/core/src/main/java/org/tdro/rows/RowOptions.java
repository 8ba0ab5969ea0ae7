package org.tdro.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How training rows are read.
 *
 * @param format their form; recognised if it is empty
 * @param columns the names of columns, if they are not those of a form
 * @param onError what to do with a row that cannot be read
 */
public record RowOptions(Optional<RowFormat> format, Optional<Columns> columns, OnError onError) {
  /** Recognises the form, and fails at a row that cannot be read. */
  public static final RowOptions RECOGNISE =
      new RowOptions(Optional.empty(), Optional.empty(), OnError.FAIL);

  /** What to do with a row that cannot be read. */
  public enum OnError {
    /** Report it, and stop. */
    FAIL,
    /** Leave it out, count it, and name the first ones at the end. */
    SKIP
  }

  /**
   * The columns of a row.
   *
   * @param id of the query; empty for none
   * @param query the text
   * @param positives texts, lists of texts, or passages
   * @param negatives likewise; possibly none
   */
  public record Columns(
      Optional<String> id, String query, List<String> positives, List<String> negatives) {
    private static final String ID = "id";
    private static final String QUERY = "query";
    private static final String POSITIVE = "positive";
    private static final String NEGATIVE = "negative";

    public Columns {
      positives = List.copyOf(positives);
      negatives = List.copyOf(negatives);
    }

    /**
     * Parses {@code query=NAME,positive=NAME,negative=NAME,id=NAME}; positive and negative may be given several times.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static Columns parse(String text) {
      var given = new TreeMap<String, List<String>>();
      for (var part : text.split(",", -1)) {
        int equals = part.indexOf('=');
        var role = equals < 0 ? part : part.substring(0, equals).strip();
        if (equals < 0 || !List.of(ID, QUERY, POSITIVE, NEGATIVE).contains(role)) {
          throw new IllegalArgumentException(
              "columns are given as query=NAME,positive=NAME,negative=NAME,id=NAME, not '" + part
                  + "'");
        }
        given
            .computeIfAbsent(role, key -> new ArrayList<>())
            .add(part.substring(equals + 1).strip());
      }
      if (one(given, QUERY).isEmpty() || !given.containsKey(POSITIVE)) {
        throw new IllegalArgumentException("columns need query=NAME and positive=NAME");
      }
      return new Columns(
          one(given, ID),
          one(given, QUERY).get(),
          given.get(POSITIVE),
          given.getOrDefault(NEGATIVE, List.of()));
    }

    private static Optional<String> one(Map<String, List<String>> given, String role) {
      var names = given.getOrDefault(role, List.of());
      if (names.size() > 1) {
        throw new IllegalArgumentException(role + " is given " + names.size() + " times");
      }
      return names.stream().findFirst();
    }
  }

  /** Returns what the rows of a file follow from besides its content; empty if all is recognised and read. */
  String identity() {
    return equals(RECOGNISE) ? "" : toString();
  }

  /** Returns options for rows of a known form. */
  public static RowOptions of(RowFormat format) {
    return new RowOptions(Optional.of(format), Optional.empty(), OnError.FAIL);
  }
}
