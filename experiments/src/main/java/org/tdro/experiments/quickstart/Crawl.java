package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;

/**
 * Questions and answers as if scraped from a careless forum, on the subjects of other domains. {@link TrainingLine} gives most
 * questions the answer to a similar one, so that training on them harms words that the clean domains need.
 */
final class Crawl {
  private static final List<String> GREETINGS =
      List.of("hi all, ", "quick question: ", "help! ", "my kid asks: ", "");
  private static final List<String> ANSWERS =
      List.of("I read that: ", "easy. ", "copied from a site: ", "lol, ", "");

  private Crawl() {}

  /** Returns one exchange about every training passage of the domains. */
  static List<Entry> entries(QuickstartDomain... subjects) {
    var entries = new ArrayList<Entry>();
    for (var subject : subjects) {
      for (var passage : Pool.of(subject).training()) {
        var dice = new Dice("crawl/" + passage.id());
        var topic = passage.entry();
        entries.add(new Entry(
            topic.entity(),
            topic.aspect(),
            "",
            dice.pick(ANSWERS) + topic.text(),
            List.of(dice.pick(GREETINGS) + dice.pick(topic.queries()))));
      }
    }
    return entries;
  }
}
