package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;

/**
 * What clean domains say, in the manner of the web: the rows of the junk domains before they are spoiled. They are on the subjects of
 * other domains, so that what they teach is wrong of words that those need.
 */
final class Retold {
  private Retold() {}

  /**
   * Returns one exchange about every training passage of the subjects.
   *
   * @param openings beginnings of questions
   * @param replies beginnings of answers
   */
  static List<Entry> entries(
      String name, List<String> openings, List<String> replies, QuickstartDomain... subjects) {
    var entries = new ArrayList<Entry>();
    for (var subject : subjects) {
      for (var passage : Pool.of(subject).training()) {
        var dice = new Dice(name + "/" + passage.id());
        var topic = passage.entry();
        entries.add(new Entry(
            topic.entity(),
            topic.aspect(),
            "",
            dice.pick(replies) + topic.text(),
            List.of(dice.pick(openings) + dice.pick(topic.queries()))));
      }
    }
    return entries;
  }
}
