package org.tdro.evaluation;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tdro.io.Suggestion;

/**
 * A measure without its cutoff, with the name and definition of trec_eval 9.0.8 (C. Buckley; github.com/usnistgov/trec_eval), and some
 * more of ir-measures and gdeval.
 * A document is relevant if its relevance is at least the relevance level; a query without relevant documents has the value
 * 0.
 */
public enum MeasureFamily {
  /** Number of documents retrieved. */
  NUM_RET("num_ret", Kind.FIXED),
  /** Number of relevant documents in the judgements, retrieved or not. */
  NUM_REL("num_rel", Kind.WHOLE),
  /** Number of relevant documents retrieved. */
  NUM_REL_RET("num_rel_ret", Kind.WHOLE),
  /** Number of queries. */
  NUM_Q("num_q", Kind.FIXED),
  /** Mean average precision: the precisions at the ranks of the relevant documents, averaged over all relevant documents. */
  MAP("map", Kind.WHOLE),
  /** As {@link #MAP}, where relevant documents below the cutoff count 0. */
  MAP_CUT("map_cut", Kind.CUT),
  /** Geometric mean over the queries of {@link #MAP}, where each is at least 0.00001; a single query does not have it. */
  GM_MAP("gm_map", Kind.WHOLE),
  /** Reciprocal rank: 1 / rank of the first relevant document. */
  RECIP_RANK("recip_rank", Kind.WHOLE),
  /** As {@link #RECIP_RANK}, but 0 if that rank is below the cutoff: trec_eval's recip_rank with {@code -M cutoff}. */
  RECIP_RANK_AT("recip_rank_at", Kind.CUT),
  /** Precision: relevant documents within the cutoff, divided by the cutoff, however few were retrieved. */
  P("P", Kind.CUT),
  /** Success: 1 if there is a relevant document within the cutoff; also called hit rate, or accuracy at a rank. */
  SUCCESS("success", Kind.CUT),
  /** Recall: relevant documents within the cutoff, divided by all relevant documents. */
  RECALL("recall", Kind.CUT),
  /**
   * Normalised discounted cumulative gain (Järvelin and Kekäläinen, ACM TOIS 20(4), 2002): the gain is the relevance
   * itself, the discount log2(rank + 1), the ideal ranking holds all judged documents. The relevance level is not used.
   */
  NDCG("ndcg", Kind.FIXED),
  /** As {@link #NDCG}, where ranking and ideal ranking end at the cutoff. */
  NDCG_CUT("ndcg_cut", Kind.GRADED_CUT),
  /**
   * As {@link #NDCG_CUT} with the gain 2^relevance - 1 (Burges et al., ICML 2005), as gdeval of the TREC Web track computes it. trec_eval
   * does not have it.
   */
  NDCG_EXP_CUT("ndcg_exp_cut", Kind.GRADED_CUT),
  /** Precision at rank R, where R is the number of all relevant documents. */
  RPREC("Rprec", Kind.WHOLE),
  /**
   * Binary preference (Buckley and Voorhees, SIGIR 2004): how seldom a document that was judged and is not relevant comes before a
   * relevant one. Documents that were not judged are passed over.
   */
  BPREF("bpref", Kind.WHOLE),
  /** Interpolated precision: the largest precision at any rank where the recall is at least the parameter. */
  IPREC_AT_RECALL("iprec_at_recall", Kind.WHOLE, Parameter.RECALL),
  /** Precision of all retrieved documents. */
  SET_P("set_P", Kind.WHOLE),
  /** Recall of all retrieved documents. */
  SET_RECALL("set_recall", Kind.WHOLE),
  /** {@link #SET_P} times {@link #SET_RECALL}. */
  SET_MAP("set_map", Kind.WHOLE),
  /** (β + 1) P R / (R + β P) of {@link #SET_P} and {@link #SET_RECALL}, where the parameter β is the weight of recall. */
  SET_F("set_F", Kind.WHOLE, Parameter.BETA),
  /**
   * Expected reciprocal rank (Chapelle et al., CIKM 2009), as gdeval of the TREC Web track computes it: a reader stops at a document of
   * relevance g with probability (2^g - 1) / 2^4, so relevance is at most 4. trec_eval does not have it.
   */
  ERR("err", Kind.GRADED_CUT),
  /**
   * Rank-biased precision (Moffat and Zobel, ACM TOIS 27(1), 2008) of relevant documents: (1 - p) Σ p^(rank - 1), where a reader goes on
   * to the next rank with probability p. trec_eval 9 does not have it.
   */
  RBP("rbp", Kind.WHOLE, Parameter.PERSISTENCE),
  /** Judged documents within the cutoff, divided by the documents there. trec_eval does not have it; it is that of ir-measures. */
  JUDGED("judged", Kind.GRADED_CUT);

  /** Whether a family has cutoffs, and whether it tells relevant documents from others. */
  private enum Kind {
    /** Whole rankings, whatever the relevance level. */
    FIXED,
    /** Whole rankings. */
    WHOLE,
    /** With a cutoff. */
    CUT,
    /** With a cutoff, whatever the relevance level. */
    GRADED_CUT
  }

  /** A number that a family has besides the cutoff, within bounds, under ir-measures' names. */
  private enum Parameter {
    RECALL("recall", 0, 0, 1),
    BETA("beta", 1, 0, 1e9),
    PERSISTENCE("p", 0.8, 0, 1);

    private final String key;
    private final double usual;
    private final double least;
    private final double most;

    Parameter(String key, double usual, double least, double most) {
      this.key = key;
      this.usual = usual;
      this.least = least;
      this.most = most;
    }
  }

  private final String trecName;
  private final Kind kind;
  private final Parameter parameter;

  MeasureFamily(String trecName, Kind kind) {
    this(trecName, kind, null);
  }

  MeasureFamily(String trecName, Kind kind, Parameter parameter) {
    this.trecName = trecName;
    this.kind = kind;
    this.parameter = parameter;
  }

  /** Returns the name in trec_eval, without cutoff. */
  public String trecName() {
    return trecName;
  }

  /** Returns whether the measure looks at the first ranks only and has their number in its name. */
  public boolean hasCutoff() {
    return kind == Kind.CUT || kind == Kind.GRADED_CUT;
  }

  /** Returns whether it matters from which relevance on a document is relevant. */
  boolean hasRelevanceLevel() {
    return kind == Kind.WHOLE || kind == Kind.CUT;
  }

  boolean hasParameter() {
    return parameter != null;
  }

  boolean hasParameter(String name) {
    return parameter != null && parameter.key.equals(name);
  }

  double usualParameter() {
    return parameter == null ? 0 : parameter.usual;
  }

  /** Returns whether the bare name means one measure. */
  boolean isAlone() {
    return !hasCutoff() && this != IPREC_AT_RECALL;
  }

  /**
   * Checks a value of the parameter.
   *
   * @throws IllegalArgumentException if there is no parameter, or it is out of bounds
   */
  void check(double value) {
    if (parameter == null ? value != 0 : !(value >= parameter.least && value <= parameter.most)) {
      throw new IllegalArgumentException(
          parameter == null
              ? trecName + " does not have a parameter, was given " + value
              : "%s of %s must be in [%s, %s], was %s"
                  .formatted(parameter.key, trecName, parameter.least, parameter.most, value));
    }
  }

  /** Returns the parameter's part of a name: {@code _0.10} of iprec_at_recall, which trec_eval prints so, {@code _0.8} of others. */
  String parameterText(double value) {
    if (parameter == null || (isAlone() && value == parameter.usual)) {
      return "";
    }
    var text = BigDecimal.valueOf(value).stripTrailingZeros();
    int digits = this == IPREC_AT_RECALL ? 2 : 0;
    return "_" + (text.scale() < digits ? text.setScale(digits) : text).toPlainString();
  }

  /** Returns the names of the parameters, for a message. */
  String parameters() {
    var names = new ArrayList<String>();
    if (hasRelevanceLevel()) {
      names.add("rel");
    }
    if (parameter != null) {
      names.add(parameter.key);
    }
    if (withGain("exp-log2").isPresent()) {
      names.add("dcg");
    }
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  /** Returns the family with another gain, under ir-measures' names of them. */
  MeasureFamily withGain(String measure, String gain) {
    return withGain(gain)
        .orElseThrow(() -> new IllegalArgumentException(
            "measure '%s': there is nDCG(dcg='log2'), with a cutoff or without, and nDCG(dcg='exp-log2')@K"
                .formatted(measure)));
  }

  private Optional<MeasureFamily> withGain(String gain) {
    boolean exponential = gain.equals("exp-log2");
    if (!exponential && !gain.equals("log2")) {
      return Optional.empty();
    }
    return switch (this) {
      case NDCG_CUT, NDCG_EXP_CUT -> Optional.of(exponential ? NDCG_EXP_CUT : NDCG_CUT);
      case NDCG -> exponential ? Optional.empty() : Optional.of(NDCG);
      default -> Optional.empty();
    };
  }

  /** Returns whether the value over all queries is the sum, not the mean. */
  public boolean isCount() {
    return trecName.startsWith("num_");
  }

  /** Returns whether there is a value over all queries, but none of a single one. */
  public boolean isOfAllQueries() {
    return this == NUM_Q || this == GM_MAP;
  }

  /**
   * Returns whether the value depends on relevant documents that were not retrieved. Where only what was retrieved is judged, it cannot be
   * computed.
   */
  public boolean needsAllJudgements() {
    return switch (this) {
      case NUM_RET,
          NUM_Q,
          NUM_REL_RET,
          RECIP_RANK,
          RECIP_RANK_AT,
          P,
          SUCCESS,
          SET_P,
          RBP,
          ERR,
          JUDGED -> false;
      default -> true;
    };
  }

  /** Returns the value for one query, computed from the first {@code depth} ranks. */
  double of(RankedRelevance ranking, int depth, double parameter) {
    return switch (this) {
      case NUM_RET -> ranking.retrieved();
      case NUM_REL -> ranking.relevant();
      case NUM_REL_RET -> ranking.relevantWithin(depth);
      case NUM_Q -> 1;
      case MAP, MAP_CUT, GM_MAP -> ranking.averagePrecision(depth);
      case RECIP_RANK, RECIP_RANK_AT -> ranking.reciprocalRank(depth);
      case P -> (double) ranking.relevantWithin(depth) / depth;
      case SUCCESS -> ranking.relevantWithin(depth) > 0 ? 1 : 0;
      case RECALL, SET_RECALL -> ranking.recall(depth);
      case NDCG, NDCG_CUT -> ranking.normalizedGain(depth, RankedRelevance.Gain.LINEAR);
      case NDCG_EXP_CUT -> ranking.normalizedGain(depth, RankedRelevance.Gain.EXPONENTIAL);
      case RPREC -> ranking.recall(ranking.relevant());
      case BPREF -> ranking.binaryPreference();
      case IPREC_AT_RECALL -> ranking.interpolatedPrecision(parameter);
      case SET_P -> ranking.precision();
      case SET_MAP -> ranking.precision() * ranking.recall(depth);
      case SET_F -> {
        double precision = ranking.precision();
        double recall = ranking.recall(depth);
        yield precision == 0
            ? 0
            : (parameter + 1) * precision * recall / (recall + parameter * precision);
      }
      case ERR -> ranking.expectedReciprocalRank(depth);
      case RBP -> ranking.rankBiasedPrecision(parameter);
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
      case "bpref" -> cut ? null : BPREF;
      case "iprec" -> IPREC_AT_RECALL;
      case "rbp" -> cut ? null : RBP;
      case "setp" -> cut ? null : SET_P;
      case "setr" -> cut ? null : SET_RECALL;
      case "setap" -> cut ? null : SET_MAP;
      case "setf" -> cut ? null : SET_F;
      case "numq" -> cut ? null : NUM_Q;
      case "numret" -> cut ? null : NUM_RET;
      case "numrel" -> cut ? null : NUM_REL;
      case "numrelret" -> cut ? null : NUM_REL_RET;
      case "err" -> ERR;
      case "judged" -> JUDGED;
      default -> null;
    };
  }

  /** Returns trec_eval's cutoffs, or values of the parameter, for a family that is named without any. */
  List<String> usualNumbers() {
    return switch (this) {
      case SUCCESS -> List.of("1", "5", "10");
      case IPREC_AT_RECALL ->
        List.of("0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1");
      default -> List.of("5", "10", "15", "20", "30", "100", "200", "500", "1000");
    };
  }

  /** Returns all names, those with a cutoff in their {@code _K} form. */
  static String all() {
    return Arrays.stream(values()).map(MeasureFamily::form).collect(Collectors.joining(", "));
  }

  private String form() {
    return hasCutoff() ? trecName + "_K" : isAlone() ? trecName : trecName + "_X";
  }

  /**
   * Returns the closest known name by edit distance, in its {@code _K} form if the unknown name ends in a number; nothing if none is
   * close.
   */
  static Optional<String> nearest(String unknown) {
    var letters = unknown.replaceFirst("[_.@]?[\\d.]+$", "").toLowerCase(Locale.ROOT);
    boolean cut = letters.length() < unknown.length();
    var nearest = Arrays.stream(values())
        .min(Comparator.comparingInt(
            family -> Suggestion.distance(letters, family.trecName.toLowerCase(Locale.ROOT))))
        .orElseThrow();
    if (2 * Suggestion.distance(letters, nearest.trecName.toLowerCase(Locale.ROOT))
        > letters.length()) {
      return Optional.empty();
    }
    var meant = Arrays.stream(values())
        .filter(family ->
            cut && family.hasCutoff() && family.trecName.startsWith(nearest.trecName + "_"))
        .findFirst()
        .orElse(nearest);
    return Optional.of(meant.form());
  }
}
