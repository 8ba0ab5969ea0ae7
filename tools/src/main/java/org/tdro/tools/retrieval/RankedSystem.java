package org.tdro.tools.retrieval;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tdro.search.Fusion;

/**
 * A system of {@code tdro evaluate --systems}, {@code tdro index} or {@code tdro search}.
 *
 * @param name as it is written, and the heading of its results
 * @param fusion how it is made of the rankings of {@link Kind#DENSE} and {@link Kind#BM25}, in this order; only for {@link Kind#FUSION}
 */
record RankedSystem(String name, Kind kind, Optional<Fusion> fusion) {
  /** The names without parameters. */
  static final List<String> NAMES =
      List.of("dense", "hnsw", "bm25", "rrf", "weighted-0.5", "rerank");

  private static final Pattern RRF = Pattern.compile("rrf(?:-(\\d{1,9}))?");
  private static final Pattern WEIGHTED = Pattern.compile("weighted-(\\d*\\.?\\d+)");

  /** Where a ranking comes from. */
  enum Kind {
    /** The model and exact search. */
    DENSE(true, false),
    /** The model and a graph of neighbours. */
    HNSW(true, false),
    /** Words. */
    BM25(false, true),
    /** An earlier ranking, and the model. */
    RERANK(true, false),
    /** Exact search by the model, and words. */
    FUSION(true, true);

    private final boolean needsModel;
    private final boolean needsWords;

    Kind(boolean needsModel, boolean needsWords) {
      this.needsModel = needsModel;
      this.needsWords = needsWords;
    }

    boolean needsModel() {
      return needsModel;
    }

    boolean needsWords() {
      return needsWords;
    }

    /** Returns the name of the system, if the kind has but one. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the model encodes all documents. */
    boolean needsEmbeddings() {
      return needsModel && this != RERANK;
    }
  }

  /**
   * Returns the system of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static RankedSystem of(String name) {
    for (var kind : Kind.values()) {
      if (kind != Kind.FUSION && kind.name().equalsIgnoreCase(name)) {
        return new RankedSystem(name, kind, Optional.empty());
      }
    }
    return new RankedSystem(name, Kind.FUSION, Optional.of(fusion(name)));
  }

  private static Fusion fusion(String name) {
    var rrf = RRF.matcher(name);
    if (rrf.matches()) {
      return rrf.group(1) == null
          ? Fusion.ReciprocalRank.DEFAULT
          : new Fusion.ReciprocalRank(Integer.parseInt(rrf.group(1)));
    }
    var weighted = WEIGHTED.matcher(name);
    if (weighted.matches()) {
      double weight = Double.parseDouble(weighted.group(1));
      if (weight <= 1) {
        return new Fusion.WeightedSum(List.of(weight, 1 - weight));
      }
      throw new IllegalArgumentException(
          name + ": the weight of dense must be from 0 to 1; bm25 has the rest of 1");
    }
    throw new IllegalArgumentException(
        "%s is not a system; there are dense, hnsw, bm25, rerank, rrf, rrf-K and weighted-W, such as weighted-0.7"
            .formatted(name));
  }
}
