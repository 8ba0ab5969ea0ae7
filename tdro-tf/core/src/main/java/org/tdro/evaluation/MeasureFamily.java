package org.tdro.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tdro.io.Suggestion;

/**
 * A measure without its cutoff, with the name and definition of trec_eval 9.0.8 (C. Buckley; github.com/usnistgov/trec_eval), and two
 * more of ir-measures.
 * A document is relevant if its relevance is at least the relevance level; a query without relevant documents has the value
 * 0.
 */
public enum MeasureFamily {
  /** Number of documents retrieved. */
  NUM_RET("num_ret", false),
  /** Number of relevant documents in the judgements, retrieved or not. */
  NUM_REL("num_rel", false),
  /** Number of relevant documents retrieved. */
  NUM_REL_RET("num_rel_ret", false),
  /** Number of queries. */
  NUM_Q("num_q", false),
  /** Mean average precision: the precisions at the ranks of the relevant documents, averaged over all relevant documents. */
  MAP("map", false),
  /** As {@link #MAP}, where relevant documents below the cutoff count 0. */
  MAP_CUT("map_cut", true),
  /** Reciprocal rank: 1 / rank of the first relevant document. */
  RECIP_RANK("recip_rank", false),
  /** As {@link #RECIP_RANK}, but 0 if that rank is below the cutoff: trec_eval's recip_rank with {@code -M cutoff}. */
  RECIP_RANK_AT("recip_rank_at", true),
  /** Precision: relevant documents within the cutoff, divided by the cutoff, however few were retrieved. */
  P("P", true),
  /** Success: 1 if there is a relevant document within the cutoff; also called hit rate, or accuracy at a rank. */
  SUCCESS("success", true),
  /** Recall: relevant documents within the cutoff, divided by all relevant documents. */
  RECALL("recall", true),
  /**
   * Normalised discounted cumulative gain (Järvelin and Kekäläinen, ACM TOIS 20(4), 2002): the gain is the relevance
   * itself, the discount log2(rank + 1), the ideal ranking holds all judged documents. The relevance level is not used.
   */
  NDCG("ndcg", false),
  /** As {@link #NDCG}, where ranking and ideal ranking end at the cutoff. */
  NDCG_CUT("ndcg_cut", true),
  /** Precision at rank R, where R is the number of all relevant documents. */
  RPREC("Rprec", false),
  /**
   * Expected reciprocal rank (Chapelle et al., CIKM 2009), as gdeval of the TREC Web track computes it: a reader stops at a document of
   * relevance g with probability (2^g - 1) / 2^4, so relevance is at most 4. trec_eval does not have it.
   */
  ERR("err", true),
  /** Judged documents within the cutoff, divided by the documents there. trec_eval does not have it; it is that of ir-measures. */
  JUDGED("judged", true);

  private final String trecName;
  private final boolean hasCutoff;

  MeasureFamily(String trecName, boolean hasCutoff) {
    this.trecName = trecName;
    this.hasCutoff = hasCutoff;
  }

  /** Returns the name in trec_eval, without cutoff. */
  public String trecName() {
    return trecName;
  }

  /** Returns whether the measure looks at the first ranks only and has their number in its name. */
  public boolean hasCutoff() {
    return hasCutoff;
  }

  /** Returns whether the value over all queries is the sum, not the mean. */
  public boolean isCount() {
    return trecName.startsWith("num_");
  }

  /** Returns the value for one query, computed from the first {@code depth} ranks. */
  double of(RankedRelevance ranking, int depth) {
    return switch (this) {
      case NUM_RET -> ranking.retrieved();
      case NUM_REL -> ranking.relevant();
      case NUM_REL_RET -> ranking.relevantWithin(depth);
      case NUM_Q -> 1;
      case MAP, MAP_CUT -> ranking.averagePrecision(depth);
      case RECIP_RANK, RECIP_RANK_AT -> ranking.reciprocalRank(depth);
      case P -> (double) ranking.relevantWithin(depth) / depth;
      case SUCCESS -> ranking.relevantWithin(depth) > 0 ? 1 : 0;
      case RECALL ->
        ranking.relevant() == 0 ? 0 : (double) ranking.relevantWithin(depth) / ranking.relevant();
      case NDCG, NDCG_CUT -> ranking.normalizedGain(depth);
      case RPREC ->
        ranking.relevant() == 0
            ? 0
            : (double) ranking.relevantWithin(ranking.relevant()) / ranking.relevant();
      case ERR -> ranking.expectedReciprocalRank(depth);
      case JUDGED -> ranking.judgedShare(depth);
    };
  }

  /** Returns the family of a name, or null. */
  static MeasureFamily named(String trecName) {
    return Arrays.stream(values())
        .filter(family -> family.trecName.equals(trecName))
        .findAny()
        .orElse(null);
  }

  /** Returns the family that other programs call so, in any case: ir-measures, ranx, BEIR, MTEB, sentence-transformers; or null. */
  static MeasureFamily alias(String name, boolean cut) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "ndcg", "ndcg_cut" -> cut ? NDCG_CUT : NDCG;
      case "map", "ap", "map_cut" -> cut ? MAP_CUT : MAP;
      case "mrr", "rr", "recip_rank", "reciprocal_rank" -> cut ? RECIP_RANK_AT : RECIP_RANK;
      case "p", "precision" -> P;
      case "r", "recall" -> RECALL;
      case "success", "hit_rate", "hitrate", "hit", "accuracy" -> SUCCESS;
      case "rprec", "r-precision", "r_precision" -> cut ? null : RPREC;
      case "err" -> ERR;
      case "judged" -> JUDGED;
      default -> null;
    };
  }

  /** Returns trec_eval's cutoffs for a family that is named without any. */
  List<Integer> usualCutoffs() {
    return this == SUCCESS ? List.of(1, 5, 10) : List.of(5, 10, 15, 20, 30, 100, 200, 500, 1000);
  }

  /** Returns all names, those with a cutoff in their {@code _K} form. */
  static String all() {
    return Arrays.stream(values()).map(MeasureFamily::form).collect(Collectors.joining(", "));
  }

  private String form() {
    return hasCutoff ? trecName + "_K" : trecName;
  }

  /**
   * Returns the closest known name by edit distance, in its {@code _K} form if the unknown name ends in a number; nothing if none is
   * close.
   */
  static Optional<String> nearest(String unknown) {
    var letters = unknown.replaceFirst("[_.@]?\\d+$", "").toLowerCase(Locale.ROOT);
    boolean cut = letters.length() < unknown.length();
    if (letters.equals("bpref")) {
      return Optional.empty(); // A measure of its own, however much its name is like Rprec.
    }
    var nearest = Arrays.stream(values())
        .min(Comparator.comparingInt(
            family -> Suggestion.distance(letters, family.trecName.toLowerCase(Locale.ROOT))))
        .orElseThrow();
    if (2 * Suggestion.distance(letters, nearest.trecName.toLowerCase(Locale.ROOT))
        > letters.length()) {
      return Optional.empty();
    }
    var meant = Arrays.stream(values())
        .filter(
            family -> cut && family.hasCutoff && family.trecName.startsWith(nearest.trecName + "_"))
        .findFirst()
        .orElse(nearest);
    return Optional.of(meant.form());
  }
}
