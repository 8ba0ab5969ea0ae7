package org.tdro.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Unicode normalisation as tables by which operations on arrays compute it. The tables are not a copy of the rules: the tokenizers
 * library is asked about all code points, whose version of Unicode they therefore have.
 *
 * @param steps to be taken one after the other; none leave texts as they are
 */
public record NormalizerTables(List<Step> steps) {
  /** Steps by type, which are found once in a process. */
  private static final Map<String, Step> KNOWN = new ConcurrentHashMap<>();

  private static final int PAGE = CodePointTable.PAGE;
  private static final int PAGES = (Character.MAX_CODE_POINT + 1) / PAGE;

  /** Greater than any code point: {@code first · RADIX + second} is the number of a pair. */
  public static final long RADIX = Character.MAX_CODE_POINT + 1;

  /**
   * A normalizer of one type. Code points that it treats alike are of one kind, and kinds are numbered: at first those that stay as
   * they are, then those that become something else, then those that may be joined to what is before them, since it decides about
   * their order or about what both become. From one code point that is not joined to the next such one, a part of a text is
   * normalised by itself; if it is a single code point, by {@link #alone}.
   *
   * <p>In any other part, each code point is <i>decomposed</i>. Runs of code points whose {@link #ranks} are positive are sorted by
   * them, stably. Then each code point of rank 0 is <i>composed</i> with what follows it, in order: where it has a pair with a code
   * point between which and itself there is nothing, or are lower positive ranks only, the composite takes its place and the other
   * is left out. The second code point of a pair is not the first one of another if its rank is 0.
   *
   * @param kinds of code points
   * @param changed the first kind of those that become something else by themselves
   * @param joined the first kind of those that may be joined
   * @param seconds the first kind of those that are the second code point of a pair, which all may be joined
   * @param alone by kind: what a code point by itself becomes
   * @param decomposed by kind
   * @param ranks by kind, of what is decomposed: that of its canonical combining class, 0 of starters
   */
  @SuppressWarnings("ArrayRecordComponent") // tables, never compared
  public record Step(
      CodePointTable kinds,
      int changed,
      int joined,
      int seconds,
      Expansions alone,
      Expansions decomposed,
      int[] ranks,
      Pairs pairs) {
    /** Returns whether each code point is normalised by itself. */
    public boolean isByCodePoint() {
      return joined == ranks.length;
    }
  }

  /**
   * Pairs of code points that are composed, in ascending order; last is one that no text has.
   *
   * @param numbers {@code first · RADIX + second}
   * @param composites of the pairs
   * @param rounds how many code points are composed with a first one at most
   */
  @SuppressWarnings("ArrayRecordComponent") // tables, never compared
  public record Pairs(long[] numbers, int[] composites, int rounds) {
    static final Pairs NONE = of(Map.of());

    /** Returns the pairs that have composites. */
    static Pairs of(Map<Long, Integer> composites) {
      var firsts = new HashMap<Integer, Integer>();
      composites.forEach((pair, composite) -> firsts.put(composite, first(pair)));
      int rounds = 0;
      for (int composite : firsts.keySet()) {
        int length = 0;
        for (Integer first = composite; first != null; first = firsts.get(first)) {
          length++;
        }
        rounds = Math.max(rounds, length - 1);
      }
      var sorted = new TreeMap<>(composites);
      sorted.put(Long.MAX_VALUE, 0);
      return new Pairs(
          sorted.keySet().stream().mapToLong(pair -> pair).toArray(),
          sorted.values().stream().mapToInt(composite -> composite).toArray(),
          rounds);
    }

    private static long number(int first, int second) {
      return first * RADIX + second;
    }

    private static int first(long number) {
      return (int) (number / RADIX);
    }

    private static int second(long number) {
      return (int) (number % RADIX);
    }
  }

  /**
   * Code points that take the place of one, by its kind.
   *
   * @param starts the first place in {@link #codePoints}; -1 of kinds that stay as they are
   * @param lengths number of code points, at least 1
   */
  @SuppressWarnings("ArrayRecordComponent") // tables, never compared
  public record Expansions(int[] starts, int[] lengths, int[] codePoints) {}

  /** Copies the list. */
  public NormalizerTables {
    steps = List.copyOf(steps);
  }

  /**
   * Returns the tables of the {@code normalizer} of a {@code tokenizer.json}, which may be null.
   *
   * @throws InexpressibleTokenizerException if it is of another type than those of Unicode's forms and lower case
   */
  public static NormalizerTables of(JsonNode normalizer) throws InexpressibleTokenizerException {
    var steps = new ArrayList<Step>();
    add(normalizer, steps);
    return new NormalizerTables(steps);
  }

  private static void add(JsonNode normalizer, List<Step> steps)
      throws InexpressibleTokenizerException {
    if (normalizer.isNull() || normalizer.isMissingNode()) {
      return;
    }
    var type = normalizer.path("type").asText("none");
    switch (type) {
      case "Sequence" -> {
        for (var each : normalizer.path("normalizers")) {
          add(each, steps);
        }
      }
      case "Lowercase", "NFC", "NFD", "NFKC", "NFKD" -> {
        // Two threads may both make them, which are the same.
        var step = KNOWN.get(type);
        if (step == null) {
          step = type.equals("Lowercase") ? lowercase() : form(type);
          KNOWN.put(type, step);
        }
        steps.add(step);
      }
      default ->
        throw new InexpressibleTokenizerException(
            "has normalizer %s, not NFC, NFD, NFKC, NFKD, Lowercase or a Sequence of them"
                .formatted(type));
    }
  }

  private static Step lowercase() {
    var builder = new Builder();
    try (var probe = NormalizerProbe.of("Lowercase")) {
      var codePoints = changedPages(probe, Character::toString);
      var lower = probe.normalize(texts(codePoints, Character::toString));
      for (int i = 0; i < lower.size(); i++) {
        if (!lower.get(i).equals(Character.toString(codePoints.get(i)))) {
          builder.put(codePoints.get(i), new Kind(false, false, lower.get(i), Kind.ITSELF, 0));
        }
      }
    }
    return builder.build(Pairs.NONE);
  }

  private static Step form(String type) throws InexpressibleTokenizerException {
    try (var decomposing = NormalizerProbe.of(type.replace('C', 'D'));
        var composing = NormalizerProbe.of(type)) {
      var form = new Form(decomposing);
      return form.step(
          composing, type.endsWith("C") ? composites(form.decompositions.keySet()) : Map.of());
    }
  }

  /**
   * Returns the composites by the numbers of the pairs that are composed to them.
   *
   * @param decomposed code points, all those that are not their own canonical decomposition among them
   */
  private static Map<Long, Integer> composites(Set<Integer> decomposed) {
    try (var decomposing = NormalizerProbe.of("NFD");
        var composing = NormalizerProbe.of("NFC")) {
      var texts = decomposed.stream().map(Character::toString).toList();
      var decompositions = decomposing.normalize(texts);
      var composed = composing.normalize(texts);
      var firsts = composing.normalize(
          decompositions.stream().map(NormalizerTables::withoutLast).toList());
      var composites = new HashMap<Long, Integer>();
      for (int i = 0; i < texts.size(); i++) {
        var text = texts.get(i);
        var decomposition = decompositions.get(i);
        if (text.equals(decomposition) || !text.equals(composed.get(i))) {
          continue;
        }
        int composite = text.codePointAt(0);
        if (length(firsts.get(i)) != 1) {
          throw new IllegalStateException(
              "U+%04X is not composed of two code points".formatted(composite));
        }
        composites.put(
            Pairs.number(
                firsts.get(i).codePointAt(0),
                decomposition.codePointBefore(decomposition.length())),
            composite);
      }
      return composites;
    }
  }

  private static String withoutLast(String text) {
    return text.substring(0, text.offsetByCodePoints(text.length(), -1));
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * Returns the code points of the pages of which a normalizer changes some, without halves of surrogate pairs, which are never
   * decoded, and the separator of probes.
   *
   * @param text by which the change of a code point shows
   */
  private static List<Integer> changedPages(NormalizerProbe probe, IntFunction<String> text) {
    return IntStream.range(0, PAGES)
        .parallel()
        .mapToObj(page -> IntStream.range(page * PAGE, (page + 1) * PAGE)
            .filter(codePoint ->
                codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE)
            .filter(codePoint -> codePoint != NormalizerProbe.SEPARATOR)
            .boxed()
            .toList())
        .filter(codePoints -> {
          var page = String.join("", texts(codePoints, text));
          return !probe.normalize(page).equals(page);
        })
        .flatMap(List::stream)
        .toList();
  }

  private static List<String> texts(List<Integer> codePoints, IntFunction<String> text) {
    return codePoints.stream().map(text::apply).toList();
  }

  /** A normal form: decompositions and order of code points. */
  private static final class Form {
    /** A mark of the highest combining class, 240, before which others move. */
    private static final String LAST_MARK = "\u0345";

    /** A mark of the lowest combining class, 1, which moves before others. */
    private static final String FIRST_MARK = "\u0334";

    /** Of code points that are not their own. */
    private final Map<Integer, String> decompositions = new TreeMap<>();

    /** Of code points that are sorted, by canonical combining class. */
    private final Map<Integer, Integer> ranks;

    Form(NormalizerProbe decomposing) {
      var marks = new ArrayList<Integer>();
      var codePoints = changedPages(decomposing, Form::amongMarks);
      var decomposed = decomposing.normalize(texts(codePoints, Character::toString));
      var amongMarks = decomposing.normalize(texts(codePoints, Form::amongMarks));
      for (int i = 0; i < codePoints.size(); i++) {
        int codePoint = codePoints.get(i);
        if (!decomposed.get(i).equals(Character.toString(codePoint))) {
          decompositions.put(codePoint, decomposed.get(i));
        } else if (!amongMarks.get(i).equals(amongMarks(codePoint))) {
          marks.add(codePoint);
        }
      }
      ranks = ranks(marks, decomposing);
    }

    /** Returns a code point between marks, all of which stay in their places only if it is not sorted among them. */
    private static String amongMarks(int codePoint) {
      return LAST_MARK + Character.toString(codePoint) + FIRST_MARK;
    }

    /** Returns ranks of marks, equal ones for those that stay in their order. */
    private static Map<Integer, Integer> ranks(List<Integer> marks, NormalizerProbe decomposing) {
      var sorted = decomposing.normalize(String.join("", texts(marks, Character::toString)));
      var reversed = new ArrayList<>(marks);
      Collections.reverse(reversed);
      var places = new HashMap<Integer, Integer>();
      decomposing
          .normalize(String.join("", texts(reversed, Character::toString)))
          .codePoints()
          .forEach(mark -> places.put(mark, places.size()));
      var ranks = new HashMap<Integer, Integer>();
      int rank = 1;
      int last = -1;
      for (int mark : sorted.codePoints().toArray()) {
        // Those of one class are in reverse.
        if (last >= 0 && places.get(mark) > places.get(last)) {
          rank++;
        }
        ranks.put(mark, rank);
        last = mark;
      }
      return ranks;
    }

    Step step(NormalizerProbe composing, Map<Long, Integer> composites)
        throws InexpressibleTokenizerException {
      var seconds = composites.keySet().stream().map(Pairs::second).collect(Collectors.toSet());
      for (long pair : composites.keySet()) {
        int first = Pairs.first(pair);
        if (seconds.contains(first) && !ranks.containsKey(first)) {
          throw new InexpressibleTokenizerException(
              "composes U+%04X with what is before it and with what is after it".formatted(first));
        }
      }
      var builder = new Builder();
      for (int second : seconds) {
        builder.put(second, new Kind(true, true, Kind.ITSELF, Kind.ITSELF, 0));
      }
      ranks.forEach((mark, rank) -> builder.put(
          mark, new Kind(true, seconds.contains(mark), Kind.ITSELF, Kind.ITSELF, rank)));
      var codePoints = List.copyOf(decompositions.keySet());
      var alone = composing.normalize(texts(codePoints, Character::toString));
      for (int i = 0; i < codePoints.size(); i++) {
        int codePoint = codePoints.get(i);
        var decomposition = decompositions.get(codePoint);
        int first = decomposition.codePointAt(0);
        builder.put(
            codePoint,
            new Kind(
                ranks.containsKey(first) || seconds.contains(first),
                false,
                alone.get(i).equals(Character.toString(codePoint)) ? Kind.ITSELF : alone.get(i),
                decomposition,
                0));
      }
      return builder.build(Pairs.of(composites));
    }
  }

  /**
   * How a code point is treated.
   *
   * @param isJoined whether it may be joined to what is before it
   * @param isSecond whether it is the second code point of a pair
   * @param alone what it becomes by itself
   * @param rank of its combining class, if it is decomposed to itself
   */
  private record Kind(
      boolean isJoined, boolean isSecond, String alone, String decomposed, int rank) {
    /** Instead of a text: none of these normalizers leaves a code point out. */
    static final String ITSELF = "";

    static final Kind INERT = new Kind(false, false, ITSELF, ITSELF, 0);

    boolean isChanged() {
      return isJoined || !alone.equals(ITSELF);
    }
  }

  /** A step from the kinds of the code points that are not inert. */
  private static final class Builder {
    private final Map<Integer, Kind> kinds = new TreeMap<>();

    void put(int codePoint, Kind kind) {
      kinds.put(codePoint, kind);
    }

    Step build(Pairs pairs) {
      var all = new LinkedHashSet<Kind>();
      all.add(Kind.INERT);
      all.addAll(kinds.values());
      var distinct = all.stream()
          .sorted(Comparator.comparing(Kind::isChanged)
              .thenComparing(Kind::isJoined)
              .thenComparing(Kind::isSecond))
          .toList();
      var numbers = new HashMap<Kind, Integer>();
      distinct.forEach(kind -> numbers.put(kind, numbers.size()));
      return new Step(
          CodePointTable.of(
              Character.MAX_CODE_POINT + 1,
              codePoint -> numbers.get(kinds.getOrDefault(codePoint, Kind.INERT))),
          (int) distinct.stream().filter(kind -> !kind.isChanged()).count(),
          (int) distinct.stream().filter(kind -> !kind.isJoined()).count(),
          (int) distinct.stream().filter(kind -> !kind.isSecond()).count(),
          expansions(distinct.stream().map(Kind::alone).toList()),
          expansions(distinct.stream().map(Kind::decomposed).toList()),
          distinct.stream().mapToInt(Kind::rank).toArray(),
          pairs);
    }

    private static Expansions expansions(List<String> texts) {
      var starts = new int[texts.size()];
      var lengths = new int[texts.size()];
      var codePoints = IntStream.builder();
      int end = 0;
      for (int i = 0; i < starts.length; i++) {
        var text = texts.get(i);
        boolean isItself = text.equals(Kind.ITSELF);
        starts[i] = isItself ? -1 : end;
        lengths[i] = isItself ? 1 : length(text);
        text.codePoints().forEach(codePoints::add);
        end += length(text);
      }
      return new Expansions(starts, lengths, codePoints.build().toArray());
    }
  }
}
