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
 * <p>What is held out follows from a hash of the passage's content alone, so that domains which share passages (geography and
 * its cross-lingual sister) hold out the same ones.
 */
final class Pool {
  private final List<PoolPassage> passages;
  private final List<PoolPassage> training;
  private final Map<String, List<PoolPassage>> byEntity;
  private final Map<String, List<PoolPassage>> byAspect;

  private Pool(List<PoolPassage> passages) {
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
    var passages = new ArrayList<PoolPassage>();
    distinct.forEach((content, entry) -> passages.add(
        new PoolPassage(name + "-d" + passages.size(), entry, test.contains(content))));
    return new Pool(passages);
  }

  List<PoolPassage> passages() {
    return passages;
  }

  List<PoolPassage> heldOut() {
    return passages.stream().filter(PoolPassage::heldOut).toList();
  }

  List<PoolPassage> training() {
    return training;
  }

  /**
   * Returns hard negatives, none of them held out: the first half about the same entity, then passages on the same aspect
   * of neighbouring entities, then, if these are too few, any.
   */
  List<PoolPassage> negatives(PoolPassage positive, int count, Dice dice) {
    var chosen = new ArrayList<PoolPassage>();
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
      List<PoolPassage> from, int until, Dice dice, Set<String> taken, List<PoolPassage> chosen) {
    int start = from.isEmpty() ? 0 : dice.roll(from.size());
    for (int i = 0; i < from.size() && chosen.size() < until; i++) {
      var candidate = from.get((start + i) % from.size());
      if (taken.add(candidate.id())) {
        chosen.add(candidate);
      }
    }
  }
}
