package org.tdro.rows.duplicates;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tdro.rows.HashNumbers;

/**
 * Texts in which others are looked for: equal ones by a hash, near ones by {@link JaccardIndex} or, if their SimHashes must be near,
 * by {@link SimHashIndex}. Of texts that are equal after normalisation the first is kept. Takes about 60 bytes a text, 5 a word, and the
 * text.
 */
public final class KnownTexts {
  private static final int CHUNK = 1 << 14;

  private static final Comparator<Found> BEST = Comparator.<Found>comparingInt(
          found -> found.match().exact() ? 0 : 1)
      .thenComparing(
          Comparator.<Found>comparingDouble(found -> found.match().jaccard()).reversed())
      .thenComparingInt(Found::number);

  private final HashNumbers numbers;
  private final List<KnownText> texts;
  private final NearTexts nearTexts;

  /** Finds the texts that are near to another one, once each, with their similarity. */
  @FunctionalInterface
  private interface NearTexts {
    void forEach(Shingles other, JaccardIndex.Found found);
  }

  /**
   * A match and which text it is.
   *
   * @param number of the text, in the order in which different texts were added
   */
  record Found(Match match, int number) {}

  private KnownTexts(Builder builder, Optional<Nearness> nearness) {
    this.numbers = builder.numbers;
    this.texts = builder.texts;
    this.nearTexts = nearness.map(this::index).orElse((other, found) -> {});
  }

  private NearTexts index(Nearness nearness) {
    return nearness.distance().isPresent()
        ? bySimHash(nearness.jaccard(), nearness.distance().getAsInt())
        : new JaccardIndex(allShingles(), nearness.jaccard())::forEachSimilar;
  }

  private NearTexts bySimHash(double least, int distance) {
    var signatures = texts.stream()
        .parallel()
        .mapToLong(text -> NormalText.of(text.text()).shingles().simHash())
        .toArray();
    var index = new SimHashIndex(signatures, distance);
    return (other, found) -> index.forEachNear(other.simHash(), number -> {
      double jaccard = other.jaccard(NormalText.of(texts.get(number).text()).shingles());
      if (jaccard >= least) {
        found.accept(number, jaccard);
      }
    });
  }

  /** Returns the shingles of the texts in their order, computed by all processors, some at a time. */
  private Iterator<Shingles> allShingles() {
    return IntStream.iterate(0, from -> from < texts.size(), from -> from + CHUNK)
        .mapToObj(from -> texts.subList(from, Math.min(texts.size(), from + CHUNK)))
        .flatMap(chunk ->
            chunk.parallelStream()
                .map(text -> NormalText.of(text.text()).shingles())
                .toList()
                .stream())
        .iterator();
  }

  /** Texts that are being collected. */
  public static final class Builder {
    private final HashNumbers numbers = new HashNumbers();
    private final List<KnownText> texts = new ArrayList<>();

    /** Begins without texts. */
    public Builder() {}

    /** Adds a text; one that equals an earlier one is left out. */
    public Builder add(KnownText text) {
      if (numbers.isNew(NormalText.of(text.text()).hash())) {
        texts.add(text);
      }
      return this;
    }

    /**
     * Returns the texts, indexed; this builder must not be used afterwards.
     *
     * @param nearness empty to find equal texts alone
     */
    public KnownTexts build(Optional<Nearness> nearness) {
      return new KnownTexts(this, nearness);
    }
  }

  /** Returns how many different texts there are. */
  public int size() {
    return texts.size();
  }

  /** Returns the text that is most like another one: equal or, if none is, near; of several the first. */
  public Optional<Match> find(String text) {
    var normal = NormalText.of(text);
    var equal = equal(normal);
    return equal.isPresent()
        ? equal.map(Found::match)
        : near(normal).stream().min(BEST).map(Found::match);
  }

  /** Returns all texts that are equal or near to another one, the most alike first. */
  List<Found> findAll(String text) {
    var normal = NormalText.of(text);
    var found = new ArrayList<Found>();
    equal(normal).ifPresent(found::add);
    near(normal).stream()
        .sorted(BEST)
        .filter(near -> found.isEmpty() || near.number() != found.get(0).number())
        .forEach(found::add);
    return found;
  }

  private Optional<Found> equal(NormalText text) {
    int number = numbers.find(text.hash());
    return number < 0
        ? Optional.empty()
        : Optional.of(new Found(new Match(texts.get(number), true, 1), number));
  }

  private List<Found> near(NormalText text) {
    var near = new ArrayList<Found>(0);
    nearTexts.forEach(
        text.shingles(),
        (number, jaccard) ->
            near.add(new Found(new Match(texts.get(number), false, jaccard), number)));
    return near;
  }
}
