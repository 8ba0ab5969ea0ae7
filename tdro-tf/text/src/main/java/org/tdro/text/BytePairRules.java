package org.tdro.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The merges of a byte-level BPE tokenizer, and which of them may be made at once.
 *
 * <p>If every merge comes after those that make its parts, then any text's merges are made in the order of their ranks. Whether a pair
 * is merged is then decided by the pairs beside it alone, in whatever order the others are looked at. Vocabularies that are made from a
 * list of tokens, such as Llama 3's, have merges that come before those of their parts; they are left out if they can never be made, and
 * refused otherwise.
 */
final class BytePairRules {
  private static final int NONE = Integer.MAX_VALUE;

  /** A merge of two ids. */
  record Rule(int left, int right, int merged, int rank) {}

  private final long vocabulary;
  private final List<Rule> rules = new ArrayList<>();
  private final Map<Long, Rule> byPair = new HashMap<>();
  private final Map<Integer, List<Rule>> makers = new HashMap<>();

  /**
   * Creates the rules of a file.
   *
   * @throws InexpressibleTokenizerException if merges can be made before those of their parts
   */
  BytePairRules(BytePairJson json) throws InexpressibleTokenizerException {
    var ids = json.vocabulary();
    vocabulary = 1L + ids.values().stream().mapToInt(id -> id).max().orElseThrow();
    int rank = 0;
    for (var merge : json.merges()) {
      // A pair that is listed twice has its last rank, as in the library.
      int left = ids.get(merge.left());
      int right = ids.get(merge.right());
      byPair.put(
          pair(left, right), new Rule(left, right, ids.get(merge.left() + merge.right()), rank++));
    }
    byPair
        .values()
        .forEach(rule ->
            makers.computeIfAbsent(rule.merged, merged -> new ArrayList<>()).add(rule));
    var idle = new HashSet<Rule>();
    for (var rule : byPair.values()) {
      if (!isInOrder(rule, idle)) {
        var merge = json.merges().get(rule.rank);
        throw new InexpressibleTokenizerException(
            "merges %s and %s before it makes them".formatted(merge.left(), merge.right()));
      }
    }
    idle.forEach(rule -> byPair.remove(pair(rule.left, rule.right)));
    byPair.values().stream().sorted(Comparator.comparingInt(Rule::rank)).forEach(rules::add);
  }

  /** Returns the number of ids. */
  int vocabulary() {
    return Math.toIntExact(vocabulary);
  }

  /** Returns the number of a pair. */
  long pair(int left, int right) {
    return left * vocabulary + right;
  }

  /** Returns the rules by the number of their pair. */
  SortedMap<Long, Rule> byPair() {
    return new TreeMap<>(byPair);
  }

  /** Returns whether a merge comes after those of its parts, or else can never be made, in which case it is added to the idle ones. */
  private boolean isInOrder(Rule rule, Set<Rule> idle) {
    var ofLeft = makers.getOrDefault(rule.left, List.of());
    var ofRight = makers.getOrDefault(rule.right, List.of());
    boolean isLate = isLate(ofLeft, rule) || isLate(ofRight, rule);
    if (!isLate) {
      return ofLeft.stream().noneMatch(maker -> maker.rank > rule.rank)
          && ofRight.stream().noneMatch(maker -> maker.rank > rule.rank);
    }
    idle.add(rule);
    // Of two equal tokens, the left one is there when the right one is made.
    return rule.left != rule.right
        && ofLeft.stream()
            .filter(maker -> maker.rank > rule.rank)
            .noneMatch(maker -> isReached(List.of(maker.left, maker.right, rule.right), maker.rank))
        && ofRight.stream()
            .filter(maker -> maker.rank > rule.rank)
            .noneMatch(maker -> isReached(List.of(rule.left, maker.left, maker.right), maker.rank));
  }

  /** Returns whether all merges that make a part come after one that needs it. */
  private static boolean isLate(List<Rule> makers, Rule rule) {
    return !makers.isEmpty() && makers.stream().allMatch(maker -> maker.rank > rule.rank);
  }

  /** Returns whether merges below a rank lead from the bytes of some tokens to these tokens. */
  private boolean isReached(List<Integer> tokens, int rank) {
    var symbols = new ArrayList<Integer>();
    tokens.forEach(token -> addBytes(token, symbols));
    while (true) {
      int best = rank;
      int at = -1;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int found = rank(symbols.get(i), symbols.get(i + 1));
        if (found < best) {
          best = found;
          at = i;
        }
      }
      if (at < 0) {
        return symbols.equals(tokens);
      }
      symbols.set(at, byPair.get(pair(symbols.get(at), symbols.get(at + 1))).merged);
      symbols.remove(at + 1);
    }
  }

  private int rank(int left, int right) {
    var rule = byPair.get(pair(left, right));
    return rule == null ? NONE : rule.rank;
  }

  private void addBytes(int token, List<Integer> symbols) {
    var maker = makers.getOrDefault(token, List.of());
    if (maker.isEmpty()) {
      symbols.add(token);
    } else {
      addBytes(maker.get(0).left, symbols);
      addBytes(maker.get(0).right, symbols);
    }
  }

  /**
   * Returns merges that a neighbour may still come to, see {@link BytePairTables.Earlier}.
   *
   * @param isBefore whether the neighbour comes before the pair
   */
  BytePairTables.Earlier earlier(boolean isBefore) {
    // The tokens that a token is made of at the end where the pair is.
    var ends = new HashMap<Integer, Set<Integer>>();
    var last = new HashMap<Integer, Integer>();
    for (var rule : rules) {
      ends.computeIfAbsent(rule.merged, merged -> new HashSet<>())
          .add(isBefore ? rule.right : rule.left);
      last.put(isBefore ? rule.left : rule.right, rule.rank);
    }
    var ranks = new TreeMap<Long, Integer>();
    for (var rule : rules) {
      int shared = isBefore ? rule.right : rule.left;
      // Only if there is a merge that has to wait: a later one, or the same one further right.
      if (last.getOrDefault(shared, -1) >= rule.rank) {
        for (int end : closure(ends, isBefore ? rule.left : rule.right)) {
          ranks.putIfAbsent(isBefore ? pair(end, shared) : pair(shared, end), rule.rank);
        }
      }
    }
    return new BytePairTables.Earlier(
        BytePairTables.keys(ranks.keySet()),
        ranks.values().stream().mapToInt(rank -> rank).toArray());
  }

  /** Returns the tokens that a token is made of at one end, itself left out. */
  private static Set<Integer> closure(Map<Integer, Set<Integer>> ends, int token) {
    var found = new HashSet<Integer>();
    var open = new ArrayList<>(ends.getOrDefault(token, Set.of()));
    while (!open.isEmpty()) {
      int end = open.remove(open.size() - 1);
      if (found.add(end)) {
        open.addAll(ends.getOrDefault(end, Set.of()));
      }
    }
    return found;
  }
}
