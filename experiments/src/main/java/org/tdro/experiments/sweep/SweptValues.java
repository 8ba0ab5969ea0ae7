package org.tdro.experiments.sweep;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What jobs of sweeps were given apart from what all jobs of their sweep share, such as {@code dro=paper} and {@code seed=2}. */
public final class SweptValues {
  private final Map<Path, Values> folders = new HashMap<>();

  /** The values of each job of a sweep, by its folder, and the keys of all; both are empty in a folder that is no sweep's. */
  private record Values(Map<Path, Map<String, String>> jobs, Set<String> keys) {}

  /**
   * Returns the swept keys and groups, without prefixes, and their values for the job in whose folder a run is; none if it is in no such folder.
   *
   * @throws org.tdro.io.InputException naming the lines of a job file that are wrong
   */
  public Map<String, String> of(Path run) {
    for (var job = absolute(run); job.getParent() != null; job = job.getParent()) {
      var values = in(job.getParent()).jobs().get(job);
      if (values != null) {
        return values;
      }
    }
    return Map.of();
  }

  /** Returns the keys and groups that the sweep varies in whose folder a run is, also one that jobs share; none if it is in no such folder. */
  public Set<String> keys(Path run) {
    for (var folder = absolute(run).getParent(); folder != null; folder = folder.getParent()) {
      var keys = in(folder).keys();
      if (!keys.isEmpty()) {
        return keys;
      }
    }
    return Set.of();
  }

  private static Path absolute(Path folder) {
    return folder.toAbsolutePath().normalize();
  }

  private Values in(Path folder) {
    return folders.computeIfAbsent(folder, sweep -> {
      var jobs = new HashMap<Path, Map<String, String>>();
      var keys = new LinkedHashSet<String>();
      JobRecord.readAll(sweep).forEach(record -> {
        var values = values(record);
        jobs.put(record.folder(sweep), values);
        keys.addAll(values.keySet());
      });
      return new Values(jobs, keys);
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
