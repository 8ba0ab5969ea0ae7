package org.tdro.rows.duplicates;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.tdro.rows.HashNumbers;

/**
 * Texts in which others are looked for: equal ones by a hash, near ones by {@link SimHashIndex}, whose findings are compared with the texts
 * themselves. Of texts that are equal after normalisation the first is kept. Takes about 40 bytes a text and the text.
 */
public final class KnownTexts {
  private static final Comparator<Found> BEST = Comparator.<Found>comparingInt(
          found -> found.match().exact() ? 0 : 1)
      .thenComparingInt(found -> found.match().distance())
      .thenComparing(
          Comparator.<Found>comparingDouble(found -> found.match().overlap()).reversed())
      .thenComparingInt(Found::number);

  private final HashNumbers numbers;
  private final List<KnownText> texts;
  private final Optional<Nearness> nearness;
  private final SimHashIndex index;

  /**
   * A match and which text it is.
   *
   * @param number of the text, in the order in which different texts were added
   */
  record Found(Match match, int number) {}

  private KnownTexts(Builder builder, Optional<Nearness> nearness) {
    this.numbers = builder.numbers;
    this.texts = builder.texts;
    this.nearness = nearness;
    this.index = nearness
        .map(near -> new SimHashIndex(
            texts.stream()
                .parallel()
                .mapToLong(text -> NormalText.of(text.text()).shingles().simHash())
                .toArray(),
            near.distance()))
        .orElse(null);
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
        : Optional.of(new Found(new Match(texts.get(number), true, 0, 1), number));
  }

  private List<Found> near(NormalText text) {
    if (nearness.isEmpty()) {
      return List.of();
    }
    var shingles = text.shingles();
    var found = new ArrayList<Found>(0);
    long signature = shingles.simHash();
    index.forEachNear(signature, number -> {
      var known = NormalText.of(texts.get(number).text()).shingles();
      double overlap = shingles.overlap(known);
      if (overlap >= nearness.get().overlap()) {
        int distance = Long.bitCount(signature ^ known.simHash());
        found.add(new Found(new Match(texts.get(number), false, distance, overlap), number));
      }
    });
    return found;
  }
}
