package org.tdro.experiments.quickstart;

import java.util.ArrayList;
import java.util.List;
import org.tdro.io.CounterRandom;

/**
 * Random numbers that are a function of a name: roll {@code n} of the dice called {@code "people/17"} is the same on every
 * machine, and rolls of other dice do not change it. FNV-1a of the name (Fowler, Noll, Vo) seeds SplitMix64 (Steele, Lea, Flood 2014).
 */
final class Dice {
  private final long seed;
  private long rolls;

  Dice(String name) {
    this.seed = CounterRandom.nameHash(name);
  }

  /** Returns the first number of the dice of a name: a hash by which things can be ordered. */
  static long hash(String name) {
    return new Dice(name).next();
  }

  /** Returns a number in {@code [0, sides)}. */
  int roll(int sides) {
    return (int) Long.remainderUnsigned(next(), sides);
  }

  /** Returns a number in {@code [low, high]}. */
  int between(int low, int high) {
    return low + roll(high - low + 1);
  }

  <T> T pick(List<T> choices) {
    return choices.get(roll(choices.size()));
  }

  /** Returns a shuffled copy (Fisher and Yates). */
  <T> List<T> shuffled(List<T> items) {
    var copy = new ArrayList<>(items);
    for (int i = copy.size() - 1; i > 0; i--) {
      int j = roll(i + 1);
      T swapped = copy.set(i, copy.get(j));
      copy.set(j, swapped);
    }
    return copy;
  }

  private long next() {
    return CounterRandom.mix(seed + CounterRandom.GOLDEN * ++rolls);
  }
}
