package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;

/** Names of towns and people that exist nowhere, built from syllables so that a tokenizer meets their parts again. */
final class InventedNames {
  static final List<String> FIRST = List.of(
      "Mira", "Tovan", "Elsbet", "Orlo", "Jorun", "Cassia", "Baldur", "Nives", "Ruben", "Ilka",
      "Tamsin", "Pavo", "Greta", "Lorcan", "Sanna", "Emeric", "Dunja", "Hollis", "Yara", "Quint");
  private static final List<String> TOWN_STARTS = List.of(
      "Ald", "Bren", "Corve", "Dun", "Esker", "Fal", "Gars", "Hol", "Ister", "Kel", "Lun", "Mar",
      "Nor", "Pell");
  private static final List<String> TOWN_ENDS =
      List.of("moor", "sby", "haven", "bridge", "wick", "stead");
  private static final List<String> LAST_STARTS = List.of(
      "Vel", "Kor", "Ash", "Lind", "Tarn", "Mol", "Brack", "Sev", "Hart", "Osk", "Dray", "Pim");
  private static final List<String> LAST_ENDS =
      List.of("mora", "vik", "ford", "enko", "berg", "ello", "quist", "ane");

  private InventedNames() {}

  /** Returns all 84 towns. */
  static List<String> towns() {
    return joined(TOWN_STARTS, TOWN_ENDS);
  }

  /** Returns all 96 family names. */
  static List<String> families() {
    return joined(LAST_STARTS, LAST_ENDS);
  }

  private static List<String> joined(List<String> starts, List<String> ends) {
    var names = new ArrayList<String>();
    for (var start : starts) {
      for (var end : ends) {
        names.add(start + end);
      }
    }
    return List.copyOf(names);
  }
}
