package org.tdro.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A measure of trec_eval, such as {@code ndcg_cut_10}.
 *
 * @param family what is measured
 * @param cutoff the rank down to which it is measured, {@link #NO_CUTOFF} for families that have none
 */
public record Measure(MeasureFamily family, int cutoff) {
  /** The cutoff of measures that look at the whole ranking. */
  public static final int NO_CUTOFF = 0;

  /** Separates measures; a comma before a digit continues a list of cutoffs. */
  private static final Pattern COMMA = Pattern.compile(",(?!\\s*\\d)");

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final Pattern WITH_CUTOFFS =
      Pattern.compile("(.+)(?:_(?=\\d+$)|\\.)(\\d{1,9}(?:\\s*,\\s*\\d{1,9})*)");

  /** A name of another program with a cutoff: {@code nDCG@10}, {@code ndcg_at_10}. */
  private static final Pattern AT = Pattern.compile("(.+?)(?:@|_at_|_@)(\\d{1,9})");

  /** A measure of ir-measures with parameters: {@code P(rel=2)@5}. */
  private static final Pattern PARAMETERS = Pattern.compile("([^(]+)\\(.*\\)(.*)");

  public Measure {
    if (family.hasCutoff() ? cutoff < 1 : cutoff != NO_CUTOFF) {
      throw new IllegalArgumentException(
          family.hasCutoff()
              ? family.trecName() + " needs a positive cutoff, was " + cutoff
              : family.trecName() + " has no cutoff, was given " + cutoff);
    }
  }

  /** Returns the name in trec_eval's output: the family's and, after an underscore, the cutoff. */
  public String name() {
    return family.hasCutoff() ? family.trecName() + "_" + cutoff : family.trecName();
  }

  @Override
  public String toString() {
    return name();
  }

  double of(RankedRelevance ranking) {
    return family.of(ranking, family.hasCutoff() ? cutoff : Integer.MAX_VALUE);
  }

  /**
   * Returns the measure of a name, such as {@code ndcg_cut_10} or {@code map}.
   *
   * @throws IllegalArgumentException if it is not known or means several measures
   */
  public static Measure of(String name) {
    var measures = parse(List.of(name));
    if (measures.size() != 1) {
      throw new IllegalArgumentException(
          "'" + name + "' means " + measures.size() + " measures, name one of them");
    }
    return measures.get(0);
  }

  /**
   * Returns measures by name: as in the output ({@code ndcg_cut_10}), as on trec_eval's command line with its cutoffs ({@code
   * ndcg_cut.5,10}), a family alone ({@code ndcg_cut}) for trec_eval's usual cutoffs (5, 10, 15, 20, 30, 100, 200, 500, 1000; of
   * success 1, 5, 10), or as other programs call them ({@code nDCG@10}, {@code MRR}, {@code AP}, {@code R@100}, {@code
   * hit_rate@5}, {@code map_at_10}). Each string may hold several names, separated by commas. Repeated measures are dropped.
   *
   * @throws IllegalArgumentException naming every measure that is not known and the closest that is
   */
  public static List<Measure> parse(Collection<String> names) {
    var measures = new LinkedHashSet<Measure>();
    var errors = new ArrayList<String>();
    for (var group : names) {
      for (var name : COMMA.split(group, -1)) {
        try {
          measures.addAll(expand(name.strip()));
        } catch (IllegalArgumentException e) {
          errors.add(e.getMessage());
        }
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", errors));
    }
    return List.copyOf(measures);
  }

  private static List<Measure> expand(String name) {
    var parameters = PARAMETERS.matcher(name);
    if (parameters.matches()) {
      throw new IllegalArgumentException(
          "measure '%s' has parameters, which are not known here; there is %s, and tdro metrics --relevance-level sets the least relevance of a relevant document for all measures"
              .formatted(name, parameters.group(1) + parameters.group(2)));
    }
    var at = AT.matcher(name);
    boolean cut = at.matches();
    var alias = MeasureFamily.alias(cut ? at.group(1) : name, cut);
    if (cut && alias != null) {
      return cut(alias, Stream.of(Integer.valueOf(at.group(2))));
    }
    var whole = MeasureFamily.named(name) == null ? alias : MeasureFamily.named(name);
    if (whole != null) {
      return whole.hasCutoff()
          ? cut(whole, whole.usualCutoffs().stream())
          : List.of(new Measure(whole, NO_CUTOFF));
    }
    var match = WITH_CUTOFFS.matcher(name);
    var family = match.matches() ? MeasureFamily.named(match.group(1)) : null;
    if (family == null || !family.hasCutoff()) {
      throw new IllegalArgumentException("measure '" + name + "' is not known; "
          + MeasureFamily.nearest(name)
              .map(nearest -> "did you mean " + nearest + "?")
              .orElse("there are " + MeasureFamily.all()));
    }
    return cut(
        family,
        NUMBER.matcher(match.group(2)).results().map(number -> Integer.valueOf(number.group())));
  }

  private static List<Measure> cut(MeasureFamily family, Stream<Integer> cutoffs) {
    return cutoffs.map(cutoff -> new Measure(family, cutoff)).toList();
  }
}
