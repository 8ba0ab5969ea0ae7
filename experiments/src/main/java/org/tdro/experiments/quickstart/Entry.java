package org.tdro.experiments.quickstart;

import java.util.List;

/**
 * The content of a passage, and the questions that it answers.
 *
 * @param entity what it is about; other passages of the same entity make hard negatives
 * @param aspect which side of the entity; the same aspect of other entities makes hard negatives, too
 * @param title the passage's title, empty where it has none
 * @param text the passage
 * @param queries the questions, best known first; at least one
 */
record Entry(String entity, String aspect, String title, String text, List<String> queries) {
  Entry {
    if (text.isBlank() || queries.isEmpty()) {
      throw new IllegalArgumentException(
          "the text is blank or there are no queries: " + entity + ", " + aspect);
    }
    queries = List.copyOf(queries);
  }

  /** Returns what distinguishes this passage from all others, whatever domain contains it. */
  String content() {
    return title + "\n" + text;
  }
}
