package org.tdro.evaluation.significance;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.io.InputException;
import org.tdro.io.Problems;

/**
 * What several runs were measured on alike: the sets that all have, and the measures.
 *
 * @param sets in the order of the first run
 * @param measures names of measures, the most important first
 * @param notes what was left out, a sentence each
 */
record CommonTests(List<String> sets, List<String> measures, List<String> notes) {
  private static final int NAMED = 3;

  /**
   * Finds the common sets and measures.
   *
   * @param asked the measures to compare; empty for all that every run has values of queries for
   * @throws InputException naming each set on which two runs were measured on other queries, documents or judgements, each measure
   *     that a run lacks, and each run without the values of its queries
   */
  static CommonTests of(List<ComparedSystem.Run> runs, List<Measure> asked) {
    var problems = new Problems();
    for (var run : runs) {
      if (run.values().queries().isEmpty()) {
        problems.add(
            run.name()
                + ": holds means alone, without the values of the queries, which tdro evaluate --output and a pipeline write");
      }
    }
    problems.throwIfAny();
    var notes = new ArrayList<String>();
    var sets = sets(runs, notes);
    var measures = measures(runs, sets, asked, problems);
    for (var set : sets) {
      for (var run : runs.subList(1, runs.size())) {
        compare(set, measures, runs.get(0), run, problems);
      }
    }
    problems.throwIfAny();
    return new CommonTests(sets, measures.stream().map(Measure::name).toList(), notes);
  }

  private static List<String> sets(List<ComparedSystem.Run> runs, List<String> notes) {
    var common = new LinkedHashSet<>(runs.get(0).values().sets().keySet());
    var all = new LinkedHashSet<String>();
    for (var run : runs) {
      common.retainAll(run.values().sets().keySet());
      all.addAll(run.values().sets().keySet());
    }
    if (common.isEmpty()) {
      throw new InputException(runs.stream()
          .map(run -> run.name() + ": was evaluated on "
              + some(run.values().sets().keySet()) + "; there is no set that all runs share")
          .toList());
    }
    all.removeAll(common);
    for (var set : all) {
      var lacking = runs.stream()
          .filter(run -> !run.values().sets().containsKey(set))
          .map(ComparedSystem.Run::name)
          .toList();
      notes.add("set " + set + " is left out: " + some(lacking) + " was not evaluated on it");
    }
    return List.copyOf(common);
  }

  private static List<Measure> measures(
      List<ComparedSystem.Run> runs, List<String> sets, List<Measure> asked, Problems problems) {
    var common = new LinkedHashSet<String>();
    runs.get(0).values().queries().get(sets.get(0)).keySet().forEach(common::add);
    for (var run : runs) {
      for (var set : sets) {
        common.retainAll(run.values().queries().get(set).keySet());
      }
    }
    if (asked.isEmpty()) {
      var measures = common.stream()
          .map(Measure::of)
          .filter(measure -> !measure.family().isCount())
          .toList();
      if (measures.isEmpty()) {
        problems.add("there is no measure that all runs share");
      }
      return measures;
    }
    for (var measure : asked) {
      if (!common.contains(measure.name())) {
        var lacking = runs.stream()
            .filter(run -> sets.stream()
                .anyMatch(set -> run.values().queries(set, measure.name()).isEmpty()))
            .map(ComparedSystem.Run::name)
            .toList();
        problems.add("%s: there are no values of %s; all runs have %s"
            .formatted(some(lacking), measure, common.isEmpty() ? "none" : some(common)));
      }
    }
    return asked;
  }

  private static void compare(
      String set,
      List<Measure> measures,
      ComparedSystem.Run first,
      ComparedSystem.Run second,
      Problems problems) {
    var one = first.values().test(set);
    var other = second.values().test(set);
    if (one.isPresent() && other.isPresent()) {
      var what = differing(one.get().content(), other.get().content());
      if (!what.isEmpty()) {
        problems.add("%s: %s and %s were evaluated on other %s"
            .formatted(set, first.name(), second.name(), what));
        return;
      }
      deeper(set, measures, first, one.get(), second, other.get(), problems);
    }
    for (var measure : measures) {
      var here = first.values().queries(set, measure.name()).keySet();
      var there = second.values().queries(set, measure.name()).keySet();
      if (!here.equals(there)) {
        problems.add("%s: %s and %s were evaluated on other queries: %s"
            .formatted(
                set,
                first.name(),
                second.name(),
                Stream.of(only(first, here, there), only(second, there, here))
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining("; "))));
        return;
      }
    }
  }

  /** Returns in words what differs between the contents of two sets; empty if nothing does. */
  private static String differing(EvaluationSet.Content one, EvaluationSet.Content other) {
    if (!one.split().equals(other.split())) {
      return "splits, " + one.split() + " and " + other.split();
    }
    return Stream.of(
            one.judgements().equals(other.judgements()) ? null : "judgements",
            one.queries().equals(other.queries()) ? null : "texts of the queries",
            one.documents().equals(other.documents()) ? null : "documents")
        .filter(Objects::nonNull)
        .collect(Collectors.joining(" and "));
  }

  /** Finds the measures that look deeper than the rankings of one of the two, which kept different numbers of documents. */
  private static void deeper(
      String set,
      List<Measure> measures,
      ComparedSystem.Run first,
      ModelEvaluation.Test one,
      ComparedSystem.Run second,
      ModelEvaluation.Test other,
      Problems problems) {
    int depth = Math.min(one.topK(), other.topK());
    for (var measure : measures) {
      if (one.topK() != other.topK()
          && (!measure.family().hasCutoff() || measure.cutoff() > depth)) {
        problems.add(
            "%s: %s looks deeper than %d documents, but %s kept %d for each query and %s %d"
                .formatted(
                    set, measure, depth, first.name(), one.topK(), second.name(), other.topK()));
      }
    }
  }

  private static String only(ComparedSystem.Run run, Set<String> has, Set<String> lacks) {
    var only = new LinkedHashSet<>(has);
    only.removeAll(lacks);
    return only.isEmpty() ? "" : only.size() + " only in " + run.name() + " (" + some(only) + ")";
  }

  private static String some(Collection<String> names) {
    return names.stream().limit(NAMED).collect(Collectors.joining(", "))
        + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
  }
}
