package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All passages of a domain, split into those for training and those held out for testing.
 *
 * <p>A hash of a passage's content alone decides whether it is held out, so domains that share passages (geography
 * and its cross-lingual sister) hold out the same ones.
 */
final class Pool {
  private final List<Passage> passages;
  private final List<Passage> training;
  private final Map<String, List<Passage>> byEntity;
  private final Map<String, List<Passage>> byAspect;

  /**
   * A passage in the pool.
   *
   * @param id the docid
   * @param entry its content and questions
   * @param heldOut whether it answers a test query, and so occurs in no training line, neither as positive nor as negative
   */
  record Passage(String id, Entry entry, boolean heldOut) {}

  private Pool(List<Passage> passages) {
    this.passages = List.copyOf(passages);
    this.training = passages.stream().filter(p -> !p.heldOut()).toList();
    this.byEntity =
        training.stream().collect(Collectors.groupingBy(p -> p.entry().entity()));
    this.byAspect =
        training.stream().collect(Collectors.groupingBy(p -> p.entry().aspect()));
  }

  static Pool of(QuickstartDomain domain) {
    return of(domain.id(), domain.entries(), domain.testQueries());
  }

  /** Returns the entries as passages {@code name-d0, name-d1, …}; of entries with the same content the first is kept. */
  static Pool of(String name, List<Entry> entries, int heldOut) {
    var distinct = new LinkedHashMap<String, Entry>();
    entries.forEach(entry -> distinct.putIfAbsent(entry.content(), entry));
    var test = distinct.keySet().stream()
        .sorted(Comparator.comparingLong(Dice::hash))
        .limit(heldOut)
        .collect(Collectors.toSet());
    var passages = new ArrayList<Passage>();
    distinct.forEach((content, entry) ->
        passages.add(new Passage(name + "-d" + passages.size(), entry, test.contains(content))));
    return new Pool(passages);
  }

  List<Passage> passages() {
    return passages;
  }

  List<Passage> heldOut() {
    return passages.stream().filter(Passage::heldOut).toList();
  }

  List<Passage> training() {
    return training;
  }

  /**
   * Returns hard negatives, none of them held out: the first half about the same entity, then passages on the same aspect
   * of neighbouring entities, then, if these are too few, any.
   */
  List<Passage> negatives(Passage positive, int count, Dice dice) {
    var chosen = new ArrayList<Passage>();
    var taken = new HashSet<>(Set.of(positive.id()));
    take(
        byEntity.getOrDefault(positive.entry().entity(), List.of()),
        count / 2,
        dice,
        taken,
        chosen);
    take(byAspect.getOrDefault(positive.entry().aspect(), List.of()), count, dice, taken, chosen);
    take(training, count, dice, taken, chosen);
    return chosen;
  }

  /** Adds candidates from a drawn place on, wrapping around the end, until {@code until} are chosen. */
  private static void take(
      List<Passage> from, int until, Dice dice, Set<String> taken, List<Passage> chosen) {
    int start = from.isEmpty() ? 0 : dice.roll(from.size());
    for (int i = 0; i < from.size() && chosen.size() < until; i++) {
      var candidate = from.get((start + i) % from.size());
      if (taken.add(candidate.id())) {
        chosen.add(candidate);
      }
    }
  }
}
