package org.tdro.experiments.sweep;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What jobs of sweeps were given apart from what all jobs of their sweep share, such as {@code dro=paper} and {@code seed=2}. */
public final class SweptValues {
  private final Map<Path, Map<Path, Map<String, String>>> sweeps = new HashMap<>();

  /**
   * Returns the swept keys and groups, without prefixes, and their values for the job in whose folder a run is; none if it is in no such folder.
   *
   * @throws org.tdro.io.InputException naming the lines of a job file that are wrong
   */
  public Map<String, String> of(Path run) {
    var folder = run.toAbsolutePath().normalize();
    for (var job = folder; job.getParent() != null; job = job.getParent()) {
      var values = jobs(job.getParent()).get(job);
      if (values != null) {
        return values;
      }
    }
    return Map.of();
  }

  /** Returns the keys and groups that the sweep varies in whose folder a run is, also one that jobs share; none if it is in no such folder. */
  public Set<String> keys(Path run) {
    var keys = new LinkedHashSet<String>();
    for (var folder = run.toAbsolutePath().normalize().getParent();
        folder != null;
        folder = folder.getParent()) {
      jobs(folder).values().forEach(values -> keys.addAll(values.keySet()));
    }
    return keys;
  }

  private Map<Path, Map<String, String>> jobs(Path folder) {
    return sweeps.computeIfAbsent(folder, sweep -> {
      var jobs = new HashMap<Path, Map<String, String>>();
      if (Files.isDirectory(sweep)) {
        JobRecord.readAll(sweep).forEach(record -> jobs.put(record.folder(sweep), values(record)));
      }
      return jobs;
    });
  }

  private static Map<String, String> values(JobRecord record) {
    var values = new LinkedHashMap<String, String>();
    for (var override : record.overrides()) {
      int equals = override.indexOf('=');
      if (equals > 0) {
        values.put(SweepSpace.bare(override.substring(0, equals)), override.substring(equals + 1));
      }
    }
    return values;
  }
}
