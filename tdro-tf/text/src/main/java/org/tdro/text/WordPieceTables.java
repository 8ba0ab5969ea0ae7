package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A WordPiece tokenizer with BERT's normalizer and words, as tables by which operations on arrays compute its ids.
 *
 * <p>Normalizer and pre-tokenizer treat every code point by itself, so what they do is a table: each code point becomes a few
 * <i>items</i>, which may also end the word before and begin one after. The table is not a copy of the rules: all 1,112,064 code
 * points are given to the tokenizers library, whose version of Unicode it therefore has. Only the order of combining marks depends on
 * neighbours; a vocabulary for which that matters is refused.
 *
 * <p>The vocabulary is a trie over <i>symbols</i>: the code of an item, plus {@link #codes} if it begins a word. Tokens that begin a
 * word have such a symbol first, the others not, so that both have one root and no match reaches into the next word. The edge at
 * place {@code p} of {@link #edges} leads to state {@code p + 1}.
 *
 * <p>Special tokens are code points of private use in {@link #specials}, which are words of the vocabulary.
 *
 * @param pages the first row in {@link #items} of each 256 code points
 * @param items of each row, {@code code << 1 | isolated}, in {@link #width} columns; code 0 is nothing, isolated nothing a space,
 *     and 1 a code point that the vocabulary does not have
 * @param codes number of codes
 * @param edges in ascending order: {@code state · 2 · codes + symbol}; the largest number is no edge
 * @param tokens by state: the id of the longest token on the way to it, or the unknown one's
 * @param lengths by state: that token's number of items, 0 for none
 * @param longest number of items of the longest token
 * @param unknown id of the token of words that have no tokens
 * @param longestWord longer words are unknown, in items
 * @param specials special tokens as they occur in texts
 * @param before code points of the special tokens before a text
 * @param after those of the special tokens after it
 */
@SuppressWarnings("ArrayRecordComponent") // tables, never compared
public record WordPieceTables(
    int[] pages,
    int[] items,
    int width,
    int codes,
    long[] edges,
    int[] tokens,
    int[] lengths,
    int longest,
    int unknown,
    int longestWord,
    List<Special> specials,
    String before,
    String after) {
  private static final int PAGE = CodePointTable.PAGE;

  /** The first code point that stands for a special token; those up to {@link #LAST_RESERVED} do. */
  public static final int FIRST_RESERVED = 0x10F000;

  /** The last code point that may stand for a special token. */
  public static final int LAST_RESERVED = 0x10FFFC;

  /** The code point that takes the place of a reserved one in a text, treated as it would be. */
  public static final int SUBSTITUTE = 0x10FFFD;

  private static final int SPACE = 1;
  private static final int UNKNOWN_CODE = 1;
  private static final int FIRST_CODE = 2;

  /**
   * A special token that texts may hold.
   *
   * @param codePoint that stands for it
   */
  public record Special(String content, int codePoint) {}

  /**
   * Returns the tables of a {@code tokenizer.json}.
   *
   * @throws InexpressibleTokenizerException if they would not give the same ids for every text
   */
  public static WordPieceTables of(JsonNode tokenizerJson) throws InexpressibleTokenizerException {
    return new Builder(WordPieceJson.of(tokenizerJson)).build();
  }

  private static final class Builder {
    private final WordPieceJson json;
    private final Map<Integer, Integer> codes = new HashMap<>();
    /** Items of each code point. */
    private final int[][] expansions = new int[Character.MAX_CODE_POINT + 1][];

    Builder(WordPieceJson json) {
      this.json = json;
    }

    WordPieceTables build() throws InexpressibleTokenizerException {
      var alphabet = new TreeSet<Integer>();
      json.vocabulary().keySet().forEach(token -> token.codePoints().forEach(alphabet::add));
      var specials = specials();
      alphabet.forEach(codePoint -> codes.put(codePoint, FIRST_CODE + codes.size()));
      try (var probe = new WordProbe(json.root())) {
        expand(probe);
        requireFixedOrder(probe, alphabet);
      }
      requireUnused(specials.size());
      specials.values().forEach(codePoint -> {
        codes.put(codePoint, FIRST_CODE + codes.size());
        expansions[codePoint] = new int[] {item(codePoint, true)};
      });
      int size = FIRST_CODE + codes.size();
      var pages = new Pages(expansions);
      var trie = new Trie(size, json.unknown());
      trie.build(keys(specials, size));
      return new WordPieceTables(
          pages.rows,
          pages.items,
          pages.width,
          size,
          trie.edges,
          trie.tokens,
          trie.lengths,
          trie.longest,
          json.unknown(),
          json.longestWord(),
          json.added().specials().entrySet().stream()
              .map(token ->
                  new Special(token.getKey(), specials.get(token.getValue().id())))
              .toList(),
          text(json.added().before(), specials),
          text(json.added().after(), specials));
    }

    /** Returns a reserved code point for the id of each special token in texts and around them. */
    private Map<Integer, Integer> specials() throws InexpressibleTokenizerException {
      var ids = new TreeSet<Integer>();
      json.added().specials().values().forEach(special -> ids.add(special.id()));
      ids.addAll(json.added().before());
      ids.addAll(json.added().after());
      if (ids.size() > LAST_RESERVED - FIRST_RESERVED + 1) {
        throw new InexpressibleTokenizerException("has " + ids.size() + " added tokens");
      }
      var specials = new TreeMap<Integer, Integer>();
      ids.forEach(id -> specials.put(id, FIRST_RESERVED + specials.size()));
      return specials;
    }

    private static String text(List<Integer> ids, Map<Integer, Integer> specials) {
      var text = new StringBuilder();
      ids.forEach(id -> text.appendCodePoint(specials.get(id)));
      return text.toString();
    }

    private void expand(WordProbe probe) throws InexpressibleTokenizerException {
      for (int page = 0; page < expansions.length; page += PAGE) {
        var uniform = probe.uniform(page);
        var words = uniform.isPresent() ? List.<List<String>>of() : probe.words(page);
        for (int i = 0; i < PAGE; i++) {
          int codePoint = page + i;
          expansions[codePoint] = uniform.isEmpty()
              ? items(codePoint, words.get(i))
              : uniform.get() == WordProbe.Uniform.DROPPED
                  ? new int[0]
                  : new int[] {item(codePoint, false)};
        }
      }
    }

    /** Returns the items of a code point by the words of it between the letters a and b. */
    private int[] items(int codePoint, List<String> words) throws InexpressibleTokenizerException {
      int last = words.size() - 1;
      if (last < 0 || !words.get(0).startsWith("a") || !words.get(last).endsWith("b")) {
        throw new InexpressibleTokenizerException(
            "changes the letters beside U+%04X".formatted(codePoint));
      }
      var items = new ArrayList<Integer>();
      boolean wasIsolated = true;
      for (int i = 0; i <= last; i++) {
        var part =
            words.get(i).substring(i == 0 ? 1 : 0, words.get(i).length() - (i == last ? 1 : 0));
        boolean isIsolated = i > 0 && i < last && part.codePointCount(0, part.length()) == 1;
        if (!isIsolated && !wasIsolated) {
          items.add(SPACE);
        }
        part.codePoints().forEach(item -> items.add(item(item, isIsolated)));
        wasIsolated = isIsolated;
      }
      return items.stream().mapToInt(item -> item).toArray();
    }

    private int item(int codePoint, boolean isIsolated) {
      return codes.getOrDefault(codePoint, UNKNOWN_CODE) << 1 | (isIsolated ? 1 : 0);
    }

    /**
     * Requires that the order of the vocabulary's combining marks in a text never changes: canonical ordering sorts them by class. A word
     * with other marks is unknown in any order.
     */
    private void requireFixedOrder(WordProbe probe, Set<Integer> alphabet)
        throws InexpressibleTokenizerException {
      var marks = alphabet.stream()
          .filter(codePoint -> isMark(codePoint) && expansions[codePoint].length > 0)
          .map(Character::toString)
          .toList();
      for (var first : marks) {
        var words =
            probe.words(marks.stream().map(second -> "a" + first + second + "b").toList());
        for (int i = 0; i < words.size(); i++) {
          var second = marks.get(i);
          var alone = new ArrayList<Integer>();
          for (var mark : List.of(first, second)) {
            for (int item : expansions[mark.codePointAt(0)]) {
              alone.add(item);
            }
          }
          var together = new ArrayList<Integer>();
          for (int item : items(first.codePointAt(0), words.get(i))) {
            together.add(item);
          }
          if (!alone.equals(together)) {
            throw new InexpressibleTokenizerException(
                "reorders the marks U+%04X and U+%04X of its vocabulary"
                    .formatted(first.codePointAt(0), second.codePointAt(0)));
          }
        }
      }
    }

    /** Returns whether a code point may have a combining class: only marks do, among which a later Unicode may have new ones. */
    private static boolean isMark(int codePoint) {
      return switch (Character.getType(codePoint)) {
        case Character.NON_SPACING_MARK,
            Character.COMBINING_SPACING_MARK,
            Character.ENCLOSING_MARK,
            Character.UNASSIGNED -> true;
        default -> false;
      };
    }

    /** Requires that reserved code points in a text can be told from special tokens by changing them. */
    private void requireUnused(int count) throws InexpressibleTokenizerException {
      for (int i = 0; i < count; i++) {
        int reserved = FIRST_RESERVED + i;
        if (!IntBuffer.wrap(expansions[reserved]).equals(IntBuffer.wrap(expansions[SUBSTITUTE]))
            || codes.containsKey(reserved)) {
          throw new InexpressibleTokenizerException(
              "gives U+%04X, a code point of private use, a meaning".formatted(reserved));
        }
      }
    }

    /** Returns the symbols of all tokens that can be found in words, in their order, each with its id. */
    private SortedMap<IntBuffer, Integer> keys(Map<Integer, Integer> specials, int size) {
      var joined = new TreeSet<Integer>();
      for (var items : expansions) {
        for (int item : items) {
          if ((item & 1) == 0) {
            joined.add(item >> 1);
          }
        }
      }
      var keys = new TreeMap<IntBuffer, Integer>();
      json.vocabulary().forEach((token, id) -> {
        var word = symbols(token);
        if (word.length == 1 || (word.length > 1 && isWithin(word, joined))) {
          word[0] += size;
          keys.put(IntBuffer.wrap(word), id);
        }
        if (token.startsWith(json.continuation())) {
          var rest = symbols(token.substring(json.continuation().length()));
          if (rest.length > 0 && isWithin(rest, joined)) {
            keys.put(IntBuffer.wrap(rest), id);
          }
        }
      });
      specials.forEach((id, codePoint) ->
          keys.put(IntBuffer.wrap(new int[] {codes.get(codePoint) + size}), id));
      return keys;
    }

    private int[] symbols(String text) {
      return text.codePoints().map(codes::get).toArray();
    }

    private static boolean isWithin(int[] symbols, Set<Integer> joined) {
      for (int symbol : symbols) {
        if (!joined.contains(symbol)) {
          return false;
        }
      }
      return true;
    }
  }

  /** The items of all code points, each different page of them once. */
  private static final class Pages {
    final int[] rows;
    final int[] items;
    final int width;

    Pages(int[][] expansions) {
      int most = 1;
      for (var expansion : expansions) {
        most = Math.max(most, expansion.length);
      }
      width = most;
      rows = new int[expansions.length / PAGE];
      var distinct = new HashMap<IntBuffer, Integer>();
      var kept = new ArrayList<int[]>();
      for (int page = 0; page < rows.length; page++) {
        var content = new int[PAGE * width];
        for (int i = 0; i < PAGE; i++) {
          var expansion = expansions[page * PAGE + i];
          System.arraycopy(expansion, 0, content, i * width, expansion.length);
        }
        rows[page] = distinct.computeIfAbsent(IntBuffer.wrap(content), key -> {
          kept.add(content);
          return (kept.size() - 1) * PAGE;
        });
      }
      items = kept.stream().flatMapToInt(Arrays::stream).toArray();
    }
  }

  /** The trie of the tokens, whose states are numbered breadth first. */
  private static final class Trie {
    private final int codes;
    private final int unknown;
    long[] edges;
    int[] tokens;
    int[] lengths;
    int longest;

    Trie(int codes, int unknown) {
      this.codes = codes;
      this.unknown = unknown;
    }

    /** A state: the keys that begin with what leads to it. */
    private record State(int from, int to, int depth, int token, int length) {}

    void build(SortedMap<IntBuffer, Integer> tokensByKey) {
      var keys = new ArrayList<>(tokensByKey.entrySet());
      var states = new ArrayList<State>();
      var found = new ArrayList<Long>();
      states.add(new State(0, keys.size(), 0, unknown, 0));
      for (int state = 0; state < states.size(); state++) {
        var at = states.get(state);
        longest = Math.max(longest, at.depth);
        // The key that ends here is the first of them.
        int from = at.from < at.to && keys.get(at.from).getKey().limit() == at.depth
            ? at.from + 1
            : at.from;
        while (from < at.to) {
          int symbol = keys.get(from).getKey().get(at.depth);
          int to = from;
          while (to < at.to && keys.get(to).getKey().get(at.depth) == symbol) {
            to++;
          }
          boolean isToken = keys.get(from).getKey().limit() == at.depth + 1;
          found.add((long) state * 2 * codes + symbol);
          states.add(new State(
              from,
              to,
              at.depth + 1,
              isToken ? keys.get(from).getValue() : at.token,
              isToken ? at.depth + 1 : at.length));
          from = to;
        }
      }
      found.add(Long.MAX_VALUE);
      edges = found.stream().mapToLong(edge -> edge).toArray();
      tokens = states.stream().mapToInt(State::token).toArray();
      lengths = states.stream().mapToInt(State::length).toArray();
    }
  }
}
