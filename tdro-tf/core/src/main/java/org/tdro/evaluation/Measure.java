package org.tdro.evaluation;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A measure of a ranking under the name of trec_eval, such as {@code ndcg_cut_10}.
 *
 * @param family what is measured
 * @param cutoff the rank down to which it is measured, {@link #NO_CUTOFF} for families that have none
 * @param parameter recall of iprec_at_recall, weight of recall of set_F, persistence of rbp; 0 of other families
 * @param relevanceLevel the least relevance of a relevant document, where it is not that of the evaluation
 */
public record Measure(
    MeasureFamily family, int cutoff, double parameter, OptionalInt relevanceLevel) {
  /** The cutoff of measures that look at the whole ranking. */
  public static final int NO_CUTOFF = 0;

  /** Separates measures; a comma before a digit continues a list of cutoffs, one in parentheses a list of parameters. */
  private static final Pattern COMMA = Pattern.compile(",(?!\\s*[.\\d])(?![^()]*\\))");

  private static final String NUMBERS = "((?:\\d{1,9}(?:\\.\\d{1,9})?|\\.\\d{1,9})";
  private static final Pattern WITH_NUMBERS =
      Pattern.compile("(.+?)(?:_(?=[\\d.]+$)|\\.)" + NUMBERS + "(?:\\s*,\\s*[\\d.]{1,9})*)");

  /** A name of another program with a cutoff: {@code nDCG@10}, {@code ndcg_at_10}, {@code IPrec@0.1}. */
  private static final Pattern AT = Pattern.compile("(.+?)(?:@|_at_|_@)" + NUMBERS + ")");

  /** A measure of ir-measures with parameters: {@code P(rel=2)@5}. */
  private static final Pattern PARAMETERS = Pattern.compile("([^(]+)\\(([^()]*)\\)(.*)");

  private static final Pattern PARAMETER =
      Pattern.compile("\\s*(\\w+)\\s*=\\s*['\"]?([\\w.-]+)['\"]?\\s*");

  /** trec_eval's names of several measures: what it prints without {@code -m}, and everything. */
  private static final Map<String, List<String>> NICKNAMES = Map.of(
      "official",
      List.of(
          "num_q",
          "num_ret",
          "num_rel",
          "num_rel_ret",
          "map",
          "gm_map",
          "Rprec",
          "bpref",
          "recip_rank",
          "iprec_at_recall",
          "P"),
      "all_trec",
      List.of(
          "official",
          "recall",
          "ndcg",
          "ndcg_cut",
          "map_cut",
          "success",
          "set_P",
          "set_recall",
          "set_map",
          "set_F"));

  public Measure {
    if (family.hasCutoff() ? cutoff < 1 : cutoff != NO_CUTOFF) {
      throw new IllegalArgumentException(
          family.hasCutoff()
              ? family.trecName() + " needs a positive cutoff, was " + cutoff
              : family.trecName() + " has no cutoff, was given " + cutoff);
    }
    family.check(parameter);
    if (relevanceLevel.isPresent() && !family.hasRelevanceLevel()) {
      throw new IllegalArgumentException(family.trecName() + " does not have a relevance level");
    }
    if (relevanceLevel.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "rel must be at least 1, was " + relevanceLevel.getAsInt());
    }
  }

  /** A measure with the usual parameter of its family and the relevance level of the evaluation. */
  public Measure(MeasureFamily family, int cutoff) {
    this(family, cutoff, family.usualParameter(), OptionalInt.empty());
  }

  /**
   * Returns the name in trec_eval's output: the family's and, after an underscore, the cutoff or parameter. A relevance level of its own
   * follows as {@code (rel=2)}.
   */
  public String name() {
    var name = family.hasCutoff() ? family.trecName() + "_" + cutoff : family.trecName();
    return name
        + family.parameterText(parameter)
        + (relevanceLevel.isPresent() ? "(rel=" + relevanceLevel.getAsInt() + ")" : "");
  }

  @Override
  public String toString() {
    return name();
  }

  double of(RankedRelevance ranking) {
    return family.of(
        relevanceLevel.isPresent() ? ranking.atLevel(relevanceLevel.getAsInt()) : ranking,
        family.hasCutoff() ? cutoff : Integer.MAX_VALUE,
        parameter);
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
   * success 1, 5, 10; of iprec_at_recall 0, 0.1, …, 1), or as other programs call them ({@code nDCG@10}, {@code MRR}, {@code AP}, {@code
   * R@100}, {@code hit_rate@5}, {@code map_at_10}), with the parameters of ir-measures ({@code P(rel=2)@5}, {@code RBP(p=0.8)}, {@code
   * nDCG(dcg='exp-log2')@10}); {@code official} are those that trec_eval prints without {@code -m}, {@code all_trec} all of its that are
   * here. Each string may hold several names, separated by commas. Repeated measures are dropped.
   *
   * @throws IllegalArgumentException naming every measure that is not known and the closest that is
   */
  public static List<Measure> parse(Collection<String> names) {
    if (names.isEmpty()) {
      return List.of();
    }
    var measures = new LinkedHashSet<Measure>();
    var errors = new ArrayList<String>();
    // Joined, since an option that is split at commas has also split lists of cutoffs and of
    // parameters.
    for (var name : COMMA.split(String.join(",", names), -1)) {
      try {
        measures.addAll(expand(name.strip()));
      } catch (IllegalArgumentException e) {
        errors.add(e.getMessage());
      }
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", errors));
    }
    return List.copyOf(measures);
  }

  private static List<Measure> expand(String name) {
    if (NICKNAMES.containsKey(name)) {
      return parse(NICKNAMES.get(name));
    }
    var parameters = PARAMETERS.matcher(name);
    if (!parameters.matches()) {
      return plain(name, UnaryOperator.identity());
    }
    UnaryOperator<MeasureFamily> variant = UnaryOperator.identity();
    UnaryOperator<Measure> with = UnaryOperator.identity();
    for (var text :
        parameters.group(2).isBlank() ? new String[0] : parameters.group(2).split(",", -1)) {
      var parameter = PARAMETER.matcher(text);
      if (!parameter.matches()) {
        throw new IllegalArgumentException("measure '" + name
            + "': expected parameters like rel=2 in parentheses, found '" + text + "'");
      }
      var key = parameter.group(1);
      var value = parameter.group(2);
      if (key.equals("dcg")) {
        variant = family -> family.withGain(name, value);
      } else {
        var earlier = with;
        with = measure -> earlier.apply(measure).with(name, key, value);
      }
    }
    return plain(parameters.group(1).strip() + parameters.group(3).strip(), variant).stream()
        .map(with)
        .toList();
  }

  /** Returns the measure with a parameter of ir-measures. */
  private Measure with(String name, String key, String value) {
    try {
      if (key.equals("rel") && family.hasRelevanceLevel()) {
        return new Measure(family, cutoff, parameter, OptionalInt.of(Integer.parseInt(value)));
      }
      if (family.hasParameter(key)) {
        return new Measure(family, cutoff, Double.parseDouble(value), relevanceLevel);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "measure '" + name + "': " + key + " must be a number, was '" + value + "'", e);
    }
    throw new IllegalArgumentException("measure '%s': %s does not have the parameter %s; it has %s"
        .formatted(name, family.trecName(), key, family.parameters()));
  }

  private static List<Measure> plain(String name, UnaryOperator<MeasureFamily> variant) {
    var at = AT.matcher(name);
    boolean cut = at.matches();
    var alias = MeasureFamily.alias(cut ? at.group(1) : name, cut);
    if (cut && alias != null) {
      return measures(variant.apply(alias), List.of(at.group(2)), name);
    }
    var whole = MeasureFamily.named(name) == null ? alias : MeasureFamily.named(name);
    if (whole != null) {
      var family = variant.apply(whole);
      return family.isAlone()
          ? List.of(new Measure(family, NO_CUTOFF))
          : measures(family, family.usualNumbers(), name);
    }
    var match = WITH_NUMBERS.matcher(name);
    var family = match.matches() ? MeasureFamily.named(match.group(1)) : null;
    if (family == null || !(family.hasCutoff() || family.hasParameter())) {
      throw unknown(name);
    }
    return measures(
        variant.apply(family),
        Pattern.compile("\\s*,\\s*").splitAsStream(match.group(2)).toList(),
        name);
  }

  private static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException("measure '" + name + "' is not known; "
        + MeasureFamily.nearest(name)
            .map(nearest -> "did you mean " + nearest + "?")
            .orElse("there are " + MeasureFamily.all()));
  }

  /** Returns the measures of a family with cutoffs, or with values of its parameter. */
  private static List<Measure> measures(MeasureFamily family, List<String> numbers, String name) {
    return Stream.of(numbers)
        .flatMap(List::stream)
        .map(number -> {
          try {
            return family.hasCutoff()
                ? new Measure(family, Integer.parseInt(number))
                : new Measure(
                    family, NO_CUTOFF, new BigDecimal(number).doubleValue(), OptionalInt.empty());
          } catch (NumberFormatException e) {
            throw unknown(name);
          }
        })
        .toList();
  }
}
