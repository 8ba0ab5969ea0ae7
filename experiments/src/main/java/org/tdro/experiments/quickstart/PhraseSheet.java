package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The wordings of a domain: by aspect and role ({@code passage}, {@code query}, or a language for questions), phrases with
 * {@code {column}} for a value of the fact row and {@code {column^}} for the value with a capital.
 */
final class PhraseSheet {
  private static final Pattern SLOT = Pattern.compile("\\{(\\w+)(\\^?)}");

  private final String name;
  private final Map<String, Map<String, List<String>>> phrases = new LinkedHashMap<>();

  /** Reads the sheet in {@code name-phrases.tsv}. */
  PhraseSheet(String name) {
    this.name = name;
    for (var row : FactTable.read(name + "-phrases")) {
      phrases
          .computeIfAbsent(row.get("aspect"), aspect -> new LinkedHashMap<>())
          .computeIfAbsent(row.get("role"), role -> new ArrayList<>())
          .add(row.get("text"));
    }
  }

  /**
   * Returns one entry for every row and aspect; an aspect with a slot that the row does not fill is left out.
   *
   * @param rows each with a column {@code entity}; {@code title} and {@code near} (which replaces the aspect when
   *     negatives are sought) are optional
   * @param roles the roles that ask the questions
   * @param queries how many questions at most per entry and role
   */
  List<Entry> entries(List<Map<String, String>> rows, List<String> roles, int queries) {
    var entries = new ArrayList<Entry>();
    for (int i = 0; i < rows.size(); i++) {
      var row = rows.get(i);
      var wording = name + "/" + i + "/";
      phrases.forEach(
          (aspect, byRole) -> entry(row, aspect, byRole, roles, queries, new Dice(wording + aspect))
              .ifPresent(entries::add));
    }
    return entries;
  }

  private Optional<Entry> entry(
      Map<String, String> row,
      String aspect,
      Map<String, List<String>> byRole,
      List<String> roles,
      int queries,
      Dice dice) {
    var text = fill(dice.pick(byRole.get("passage")), row);
    var asked = roles.stream()
        .flatMap(role -> dice.shuffled(byRole.get(role)).stream().limit(queries))
        .map(phrase -> fill(phrase, row))
        .flatMap(Optional::stream)
        .toList();
    return text.filter(t -> !asked.isEmpty())
        .map(t -> new Entry(
            row.get("entity"),
            row.getOrDefault("near", aspect),
            row.getOrDefault("title", ""),
            t,
            asked));
  }

  /** Returns the phrase with its slots filled and a capital at the start; empty if the row lacks a value. */
  private static Optional<String> fill(String phrase, Map<String, String> row) {
    var matcher = SLOT.matcher(phrase);
    var text = new StringBuilder();
    while (matcher.find()) {
      var value = row.get(matcher.group(1));
      if (value == null) {
        return Optional.empty();
      }
      var cased = matcher.group(2).isEmpty() ? value : capitalised(value);
      matcher.appendReplacement(text, Matcher.quoteReplacement(cased));
    }
    return Optional.of(matcher.appendTail(text).toString());
  }

  static String capitalised(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
