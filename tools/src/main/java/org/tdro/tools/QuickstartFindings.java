package org.tdro.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tdro.evaluation.significance.ComparedSystem;
import org.tdro.evaluation.significance.Comparison;
import org.tdro.evaluation.significance.Comparison.Pair;
import org.tdro.evaluation.significance.Comparison.Row;

/** What happened in a quickstart, in two sentences: what the audit found, and what the weightings were worth. */
record QuickstartFindings(Set<String> suspected, Set<String> junk, Comparison comparison) {
  /** Returns the sentence on the audit. */
  String ofAudit() {
    var found = new TreeSet<>(suspected);
    found.retainAll(junk);
    var wrong = new TreeSet<>(suspected);
    wrong.removeAll(junk);
    var missed = new TreeSet<>(junk);
    missed.removeAll(suspected);
    if (suspected.isEmpty()) {
      return junk.isEmpty()
          ? "The audit suspects no dataset, and none is junk."
          : "The audit suspects no dataset, and misses %s.".formatted(words(missed));
    }
    var sentence = new StringBuilder("The audit suspects ").append(words(suspected));
    if (wrong.isEmpty()) {
      sentence.append(
          missed.isEmpty()
              ? ", which are the datasets that were made as junk"
              : ", which %s junk".formatted(found.size() == 1 ? "is" : "are"));
    } else {
      sentence.append(
          ", of which %s %s clean".formatted(words(wrong), wrong.size() == 1 ? "is" : "are"));
    }
    if (!missed.isEmpty()) {
      sentence.append(", and misses ").append(words(missed));
    }
    return sentence.append('.').toString();
  }

  /** Returns the sentence on the weightings; empty if there is no baseline to compare them with. */
  String ofWeightings() {
    var row = average();
    if (row.pairs().isEmpty() || comparison.baseline().isEmpty()) {
      return "";
    }
    int runs = row.cells().get(0).runs().size();
    var parts = new ArrayList<String>();
    row.pairs().forEach(pair -> parts.add(part(pair)));
    return "On the average of %s %s over %d %s, compared with %s: %s."
        .formatted(
            row.kind() == Row.Kind.SET ? "the set" : row.sets().size(),
            row.kind() == Row.Kind.SET ? row.name() : "sets",
            runs,
            runs == 1 ? "seed" : "seeds",
            comparison.systems().get(comparison.baseline().getAsInt()).name(),
            String.join("; ", parts));
  }

  private String part(Pair pair) {
    var test = pair.tests().containsKey(Comparison.Test.SEEDS)
        ? Comparison.Test.SEEDS
        : Comparison.Test.STUDENT;
    var name = comparison.systems().get(pair.system()).name();
    var p = pair.tests().get(test);
    if (p == null) {
      return String.format(
          Locale.ROOT, "%s differs by %+.4f, which no test can judge", name, pair.difference());
    }
    var verdict = pair.isSignificant(test, comparison.options().alpha())
        ? pair.difference() > 0 ? "is better" : "is worse"
        : "cannot be told from it";
    return String.format(
        Locale.ROOT,
        "%s %s (%+.4f, p over %s %s)",
        name,
        verdict,
        pair.difference(),
        test == Comparison.Test.SEEDS ? "seeds" : "queries",
        p.holm() < 0.0001 ? "below .0001" : String.format(Locale.ROOT, "%.4f", p.holm()));
  }

  /** Returns the row of the average of all sets, or that of the only set. */
  private Row average() {
    var rows = comparison.tables().get(0).rows();
    return rows.stream()
        .filter(row -> row.kind() == Row.Kind.AVERAGE)
        .findFirst()
        .orElseGet(() -> rows.get(0));
  }

  /** Returns the system with the largest average. */
  ComparedSystem best() {
    var cells = average().cells();
    int best = 0;
    for (int i = 1; i < cells.size(); i++) {
      if (cells.get(i).mean() > cells.get(best).mean()) {
        best = i;
      }
    }
    return comparison.systems().get(best);
  }

  private static String words(Set<String> names) {
    var all = List.copyOf(new TreeSet<>(names));
    return all.size() == 1
        ? all.get(0)
        : all.subList(0, all.size() - 1).stream().collect(Collectors.joining(", ")) + " and "
            + all.get(all.size() - 1);
  }
}
