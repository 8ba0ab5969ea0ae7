package org.tdro.mixing.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Json;
import org.tdro.io.MarkdownTable;
import org.tdro.mixing.WeightsFile;
import org.tdro.mixing.WeightsFile.DomainSize;
import org.tdro.mixing.WeightsFile.DomainWeight;
import org.tdro.mixing.audit.PositiveRanks.Estimate;
import org.tdro.rows.duplicates.RepeatedRows;

/**
 * What an audit found, as {@code audit.json} holds it.
 *
 * @param key a hash of all that the values follow from
 * @param domains the most suspicious first
 */
public record AuditReport(String key, List<DomainAudit> domains) {
  private static final String NAME = "audit.json";

  /** A share of the loss at the start that a run of enough steps does not leave on rows that it has seen. */
  private static final double LITTLE = 0.5;

  public AuditReport {
    domains = domains.stream()
        .sorted(Comparator.comparingDouble(DomainAudit::suspicion)
            .reversed()
            .thenComparing(DomainAudit::domain))
        .toList();
  }

  /** Returns the file of the audit in a folder. */
  public static Path file(Path folder) {
    return folder.resolve(NAME);
  }

  /** Returns the file of the weights that leave out suspected domains. */
  public static Path weights(Path folder) {
    return folder.resolve("audited_weights.json");
  }

  /** Reads the audit in a folder; empty if there is none. */
  public static Optional<AuditReport> read(Path folder) {
    return Files.isRegularFile(file(folder))
        ? Optional.of(Json.read(file(folder), AuditReport.class))
        : Optional.empty();
  }

  /** Writes {@code audited_weights.json}, {@code audit.md} and, last, {@code audit.json}. */
  public void write(Path folder) {
    weights().write(weights(folder));
    AtomicWrite.file(folder.resolve("audit.md"), beside -> Files.writeString(beside, toMarkdown()));
    Json.write(file(folder), this);
  }

  /** Returns the names of the suspected domains, the most suspicious first. */
  public List<String> suspects() {
    return domains.stream()
        .filter(DomainAudit::suspected)
        .map(DomainAudit::domain)
        .toList();
  }

  /** Returns equal weights of the domains that are not suspected or, if all are, of the least suspicious one. */
  public WeightsFile weights() {
    var kept = domains.stream().filter(domain -> !domain.suspected()).toList();
    if (kept.isEmpty()) {
      kept = domains.subList(domains.size() - 1, domains.size());
    }
    double weight = 1.0 / kept.size();
    return new WeightsFile(kept.stream()
        .sorted(Comparator.comparing(DomainAudit::domain))
        .map(domain ->
            new DomainWeight(new DomainSize(domain.domain(), domain.repeated().rows()), weight))
        .toList());
  }

  /** Returns a sentence on the suspected domains. */
  public String summary() {
    var suspects = suspects();
    if (suspects.isEmpty()) {
      return "none of %d domains is suspected".formatted(domains.size());
    }
    return "%d of %d domains %s suspected: %s%s"
        .formatted(
            suspects.size(),
            domains.size(),
            suspects.size() == 1 ? "is" : "are",
            String.join(", ", suspects),
            suspects.size() == domains.size()
                ? "; since that is all, the weights keep the least suspicious, %s, alone"
                    .formatted(domains.get(domains.size() - 1).domain())
                : "");
  }

  /** Returns what to keep in mind before domains are dropped, a sentence each. */
  public List<String> cautions() {
    var cautions = new ArrayList<String>();
    if (!suspects().isEmpty()) {
      cautions.add(
          "A model that cannot do a task ranks right pairs like wrong ones: look at rows of a suspected domain before you drop it.");
    }
    var learned = domains.stream()
        .filter(domain -> domain.losses() != null)
        .mapToDouble(domain -> domain.losses().seen() / domain.losses().start())
        .sorted()
        .toArray();
    if (learned.length > 0 && learned[learned.length / 2] > LITTLE) {
      cautions.add(String.format(
          Locale.ROOT,
          "The runs are short: on the domain in the middle, %.0f %% of the loss at the start is left on rows that they have seen. Give more train.steps for a surer audit.",
          100 * learned[learned.length / 2]));
    }
    return cautions;
  }

  /** Returns a table of the domains, and what was found in words. */
  public String toMarkdown() {
    var text = new StringBuilder("# Audit\n\n").append(capitalised(summary())).append(".\n\n");
    text.append(table())
        .append("\n\\* suspected: ")
        .append(number(DomainAudit.SUSPECTED))
        .append(" or more.\n\n");
    cautions().forEach(caution -> text.append(caution).append("\n\n"));
    for (var domain : domains) {
      text.append("- **%s**: %s: %s%s\n"
          .formatted(
              domain.domain(), domain.verdict(), domain.reason(), overlaps(domain.repeated())));
    }
    for (var domain : domains) {
      if (domain.suspected()) {
        text.append("\n## Rows of %s that fit least, as the models read them\n\n"
            .formatted(domain.domain()));
        // Indented, texts of rows are no Markdown.
        domain.worst().stream()
            .flatMap(row -> row.lines().stream())
            .forEach(line -> text.append("    ").append(line).append('\n'));
      }
    }
    return text.toString();
  }

  private MarkdownTable table() {
    var table = new MarkdownTable()
        .left("domain")
        .right("suspicion")
        .left("verdict")
        .right("start", "unseen", "seen", "chance", "mispaired", "contradicted", "copies");
    for (var domain : domains) {
      var cells = new ArrayList<String>();
      cells.add(domain.domain());
      cells.add(number(domain.suspicion()) + (domain.suspected() ? " \\*" : ""));
      cells.add(domain.verdict().toString());
      if (domain.losses() == null) {
        cells.addAll(Collections.nCopies(5, ""));
      } else {
        cells.add(number(domain.losses().start()));
        cells.add(number(domain.losses().unseen()));
        cells.add(number(domain.losses().seen()));
        cells.add(number(domain.losses().chance()));
        cells.add(estimate(domain.mispaired()));
      }
      cells.add(estimate(domain.contradicted()));
      cells.add(number(domain.repeated().copyShare()));
      table.row(cells);
    }
    return table;
  }

  private static String overlaps(RepeatedRows repeated) {
    return repeated.overlaps().isEmpty()
        ? ""
        : repeated.overlaps().entrySet().stream()
            .map(shared -> "%d with %s".formatted(shared.getValue(), shared.getKey()))
            .collect(Collectors.joining(", ", "; rows that share a text: ", ""));
  }

  private static String capitalised(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }

  private static String estimate(Estimate estimate) {
    return estimate == null
        ? "–"
        : "%s ± %s".formatted(number(estimate.value()), number(estimate.standardError()));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
