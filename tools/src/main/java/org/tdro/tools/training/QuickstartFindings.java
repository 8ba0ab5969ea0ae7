package org.tdro.tools.training;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tdro.evaluation.significance.ComparedSystem;
import org.tdro.evaluation.significance.Comparison;
import org.tdro.evaluation.significance.Comparison.Pair;
import org.tdro.evaluation.significance.Comparison.Row;
import org.tdro.experiments.spoiling.Junk;
import org.tdro.io.MarkdownTable;
import org.tdro.mixing.audit.AuditReport;
import org.tdro.mixing.audit.DomainAudit;
import org.tdro.training.Pipeline;

/**
 * What happened in a quickstart: the audit beside what the datasets are, and a sentence each on the audit and on the weightings.
 *
 * @param audits one for each seed; empty if none was made
 * @param junk the kind of each dataset that was made as junk
 */
record QuickstartFindings(List<AuditReport> audits, Map<String, Junk> junk, Comparison comparison) {
  private static final double SURE = 0.0001;

  /** Returns the findings of the pipelines in some folders. */
  static QuickstartFindings of(
      List<Path> pipelines, Map<String, Junk> junk, Comparison comparison) {
    var audits = pipelines.stream()
        .flatMap(pipeline -> AuditReport.read(Pipeline.audit(pipeline)).stream())
        .toList();
    return new QuickstartFindings(audits, junk, comparison);
  }

  /** Returns a table of the datasets in the order of the first audit, in Markdown; empty if none was made. */
  String auditTable() {
    if (audits.isEmpty()) {
      return "";
    }
    var table = new MarkdownTable()
        .left("dataset")
        .right("suspicion", "suspected by")
        .left("verdict", "made as");
    for (var domain : audits.get(0).domains()) {
      var all = ofAllSeeds(domain.domain());
      table.row(List.of(
          domain.domain(),
          String.format(
              Locale.ROOT,
              "%.2f",
              all.stream().mapToDouble(DomainAudit::suspicion).average().orElse(0)),
          "%d of %d".formatted(all.stream().filter(DomainAudit::suspected).count(), all.size()),
          verdict(all).toString(),
          junk.containsKey(domain.domain()) ? junk.get(domain.domain()).description() : "clean"));
    }
    return table.toString();
  }

  /** Returns the verdict of the most seeds, the first of equally many. */
  private static DomainAudit.Verdict verdict(List<DomainAudit> audits) {
    return audits.stream()
        .map(DomainAudit::verdict)
        .max(Comparator.comparingInt(verdict ->
            (int) audits.stream().filter(audit -> audit.verdict() == verdict).count()))
        .orElseThrow();
  }

  private List<DomainAudit> ofAllSeeds(String name) {
    return audits.stream()
        .flatMap(audit -> audit.domains().stream())
        .filter(domain -> domain.domain().equals(name))
        .toList();
  }

  /** Returns the datasets that the audits of most seeds suspect. */
  private Set<String> suspected() {
    return audits.stream()
        .flatMap(audit -> audit.suspects().stream())
        .collect(Collectors.groupingBy(name -> name, Collectors.counting()))
        .entrySet()
        .stream()
        .filter(entry -> 2 * entry.getValue() > audits.size())
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the sentence on the audit. */
  String ofAudit() {
    if (audits.isEmpty()) {
      return "No audit was made, because pipeline.weightings has not audited.";
    }
    var suspected = suspected();
    boolean agree =
        audits.stream().allMatch(audit -> suspected.equals(new TreeSet<>(audit.suspects())));
    var who = agree ? "The audit suspects" : "The audits of most seeds suspect";
    var clean = new TreeSet<>(suspected);
    clean.removeAll(junk.keySet());
    var missed = new TreeSet<>(junk.keySet());
    missed.removeAll(suspected);
    var misses = missed.isEmpty() ? "" : ", and misses " + words(missed);
    if (suspected.isEmpty()) {
      return "%s no dataset%s."
          .formatted(who, junk.isEmpty() ? ", and none was made as junk" : misses);
    }
    if (clean.isEmpty()) {
      return "%s %s, made as junk%s."
          .formatted(who, words(suspected), missed.isEmpty() ? ", and no other" : misses);
    }
    return "%s %s, of which %s clean%s."
        .formatted(
            who, words(suspected), words(clean) + (clean.size() == 1 ? " is" : " are"), misses);
  }

  /** Returns the sentence on the weightings. */
  String ofWeightings() {
    var row = average();
    if (row.pairs().isEmpty() || comparison.baseline().isEmpty()) {
      return "Nothing was compared with uniform: pipeline.weightings names it alone, or not at all.";
    }
    int seeds = row.cells().get(0).runs().size();
    return "%s over %s, compared with %s: %s."
        .formatted(
            row.isSet() ? "On " + row.name() : "On the average of %d sets".formatted(row.wholes()),
            seeds == 1 ? "one seed" : seeds + " seeds",
            comparison.systems().get(comparison.baseline().getAsInt()).name(),
            row.pairs().stream().map(this::part).collect(Collectors.joining("; ")));
  }

  private String part(Pair pair) {
    var name = comparison.systems().get(pair.system()).name();
    var test = pair.tests().containsKey(Comparison.Test.SEEDS)
        ? Comparison.Test.SEEDS
        : Comparison.Test.STUDENT;
    var p = pair.tests().get(test);
    if (p == null) {
      return text("%s differs by %+.4f, which no test can judge", name, pair.difference());
    }
    var verdict = !pair.isSignificant(test, comparison.options().alpha())
        ? "cannot be told from it"
        : pair.difference() > 0 ? "is better" : "is worse";
    return text(
        "%s %s (%+.4f, p over %s %s)",
        name,
        verdict,
        pair.difference(),
        test == Comparison.Test.SEEDS ? "seeds" : "queries",
        p.holm() < SURE ? "below " + SURE : text("%.4f", p.holm()));
  }

  private static String text(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
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
    var all = List.copyOf(names);
    int last = all.size() - 1;
    return last == 0
        ? all.get(0)
        : String.join(", ", all.subList(0, last)) + " and " + all.get(last);
  }
}
