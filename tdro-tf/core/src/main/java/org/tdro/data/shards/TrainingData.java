package org.tdro.data.shards;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.Fold;
import org.tdro.rows.statistics.DomainStatistics;

/** The imported domains of a folder, sorted by name. Thread-safe. */
public final class TrainingData implements AutoCloseable {
  private final List<Domain> domains;
  private final boolean owner;

  private TrainingData(List<Domain> domains, boolean owner) {
    this.domains = List.copyOf(domains);
    this.owner = owner;
  }

  /**
   * Maps the Arrow files of a folder.
   *
   * @throws InputException listing all problems: if there are no files, some are damaged, or they were not all imported with the
   *     same tokenizer and lengths
   */
  public static TrainingData open(Path arrowFolder) {
    var problems = new ArrayList<String>();
    var domains = new ArrayList<Domain>();
    for (var name : DomainFiles.imported(arrowFolder)) {
      try {
        domains.add(Domain.open(arrowFolder, name));
      } catch (InputException e) {
        problems.addAll(e.problems());
      }
    }
    if (domains.isEmpty() && problems.isEmpty()) {
      problems.add(arrowFolder + ": holds no imported domains (*.0.arrow); run tdro data import");
    }
    problems.addAll(disagreements(domains));
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return new TrainingData(domains, true);
  }

  /** Returns the domains; the position in this list is the id of a domain. */
  public List<Domain> domains() {
    return domains;
  }

  /** Returns the number of rows of each domain in a fold. */
  public long[] sizes(Fold fold) {
    return domains.stream().mapToLong(domain -> domain.size(fold)).toArray();
  }

  /** Returns a hash of the facts and counts of all domains, which is equal if the rows are. */
  public String fingerprint() {
    var text = new StringBuilder();
    for (var domain : domains) {
      text.append(domain.name())
          .append(domain.facts().toMetadata())
          .append(domain.counts().toMetadata())
          .append('\n');
    }
    return Sha256.of(text.toString());
  }

  /** Returns statistics of the rows, in tokens; texts are the same if their tokens are. */
  public List<DomainStatistics> statistics() {
    return domains.stream().map(Domain::statistics).toList();
  }

  /**
   * Returns the named domains in the given order. They are shared with this data, which must stay open as long as they are used.
   *
   * @throws InputException if a name is unknown
   */
  public TrainingData select(List<String> names) {
    var byName = new TreeMap<String, Domain>();
    for (var domain : domains) {
      byName.put(domain.name(), domain);
    }
    var problems = new ArrayList<String>();
    for (var name : names) {
      if (!byName.containsKey(name)) {
        problems.add(
            "domain " + name + " is unknown; there are " + String.join(", ", byName.keySet()));
      }
    }
    if (names.isEmpty()) {
      problems.add("no domains are selected");
    }
    if (!problems.isEmpty()) {
      throw new InputException(problems);
    }
    return new TrainingData(names.stream().map(byName::get).toList(), false);
  }

  @Override
  public void close() {
    if (owner) {
      domains.forEach(Domain::close);
    }
  }

  private static List<String> disagreements(List<Domain> domains) {
    var problems = new ArrayList<String>();
    for (var domain : domains) {
      var expected = domains.get(0);
      if (!domain.facts().sameTokens(expected.facts())) {
        problems.add(
            "domain %s was imported with another tokenizer or other lengths than %s (%s, not %s); import all domains again"
                .formatted(
                    domain.name(),
                    expected.name(),
                    domain.facts().describeTokens(),
                    expected.facts().describeTokens()));
      }
    }
    return problems;
  }
}
