package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The rows of the velmori domain: sentences in an invented language with their English translations. Every word must be
 * learned from the few sentences that contain it, so this domain repays more steps than any other.
 */
final class Velmori {
  private static final List<String> ONSETS = List.of(
      "b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "sh", "kr", "th", "bl");
  private static final List<String> VOWELS = List.of("a", "e", "i", "o", "u", "ai", "eo");

  /** Sorted, so that the words are drawn in one order everywhere. */
  private static final Map<String, String> KIND_OF_SLOT = new TreeMap<>(Map.of(
      "noun1",
      "noun",
      "noun2",
      "noun",
      "adjective1",
      "adjective",
      "adjective2",
      "adjective",
      "verb",
      "verb",
      "adverbial",
      "adverbial"));

  private Velmori() {}

  /** Returns groups of sentences; those of a group differ from its first in one word each, so that every word counts. */
  static List<Map<String, String>> rows(int groups) {
    var vocabulary = FactTable.read("velmori").stream()
        .collect(Collectors.groupingBy(
            word -> word.get("kind"),
            Collectors.mapping(word -> word.get("english"), Collectors.toList())));
    var rows = new ArrayList<Map<String, String>>();
    for (int group = 0; group < groups; group++) {
      var dice = new Dice("velmori/" + group);
      var first = new Row("velmori sentence " + group);
      KIND_OF_SLOT.forEach((slot, kind) -> translate(first, slot, dice.pick(vocabulary.get(kind))));
      rows.add(first.values());
      for (var slot : KIND_OF_SLOT.keySet()) {
        rows.add(translate(
                new Row(first.values()), slot, dice.pick(vocabulary.get(KIND_OF_SLOT.get(slot))))
            .values());
      }
    }
    return rows;
  }

  private static Row translate(Row row, String slot, String english) {
    return row.with(slot, english).with("v" + slot, translated(english));
  }

  /** Returns three syllables that follow from the English word. */
  private static String translated(String english) {
    var dice = new Dice("velmori word " + english);
    var word = new StringBuilder();
    for (int syllable = 0; syllable < 3; syllable++) {
      word.append(dice.pick(ONSETS)).append(dice.pick(VOWELS));
    }
    return word.toString();
  }
}
