package org.tdro.experiments.ledger;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.tdro.experiments.ledger.Fact.Kind;
import org.tdro.runs.RunRecord;
import org.tdro.training.config.RunConfig;

/**
 * What differs between two runs.
 *
 * @param settings keys of the configuration that decide a result
 * @param incidental keys that do not
 * @param inputs fingerprints of inputs, and of the rows of domains
 * @param versions versions of what they were made with, and the machine
 * @param results losses, measures, time and memory
 */
public record RunDifference(
    List<Value> settings,
    List<Value> incidental,
    List<Value> inputs,
    List<Value> versions,
    List<Value> results) {

  /**
   * A name with two values.
   *
   * @param here the value of the first run; empty if it has none
   * @param there that of the second
   */
  public record Value(String name, String here, String there) {}

  /** Returns the differences of two runs, in the order of their names in the first. */
  public static RunDifference of(LedgerRun here, LedgerRun there) {
    var settings = differing(Kind.CONFIG, here, there, true);
    var incidental = new ArrayList<Value>();
    var ignored = RunConfig.SCHEMA.incidentalKeys();
    for (var setting : List.copyOf(settings)) {
      if (ignored.contains(setting.name())) {
        settings.remove(setting);
        incidental.add(setting);
      }
    }
    settings.addAll(
        0,
        differing(Kind.RUN, here, there, true).stream()
            .filter(value -> Set.of(LedgerRun.STAGE, LedgerRun.SEED).contains(value.name()))
            .toList());
    var inputs = differing(Kind.INPUT, here, there, true);
    // It says that the settings differ.
    inputs.removeIf(value -> value.name().equals(LedgerRun.INPUTS + RunRecord.CONFIGURATION));
    boolean domainsKnown = hasDomains(here) && hasDomains(there);
    inputs.removeIf(value -> value.name().startsWith(LedgerRun.DOMAINS) && !domainsKnown);
    return new RunDifference(
        settings,
        incidental,
        inputs,
        differing(Kind.VERSION, here, there, true),
        differing(Kind.RESULT, here, there, false));
  }

  private static boolean hasDomains(LedgerRun run) {
    return run.facts(Kind.INPUT).anyMatch(fact -> fact.name().startsWith(LedgerRun.DOMAINS));
  }

  private static List<Value> differing(
      Kind kind, LedgerRun here, LedgerRun there, boolean onlyDifferent) {
    var names = new LinkedHashSet<String>();
    here.facts(kind).forEach(fact -> names.add(fact.name()));
    there.facts(kind).forEach(fact -> names.add(fact.name()));
    var values = new ArrayList<Value>();
    for (var name : names) {
      var value = new Value(name, here.value(name).orElse(""), there.value(name).orElse(""));
      if (!onlyDifferent || !value.here().equals(value.there())) {
        values.add(value);
      }
    }
    return values;
  }

  /** Returns whether the two runs must have the same result: they are the same run of the same program on the same machine. */
  public boolean isNone() {
    return settings.isEmpty() && inputs.isEmpty() && versions.isEmpty();
  }
}
