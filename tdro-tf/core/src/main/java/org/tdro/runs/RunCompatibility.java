package org.tdro.runs;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;

/** Guards a run's folder against being continued as another run. */
public record RunCompatibility(RunFolder run, ResolvedConfig<?> resolved) {

  /**
   * Compares what a folder's run was made from with what it would be made from now. A complete run is not continued, so the sampler
   * of the build that made it does not matter.
   *
   * @param sampler version of the sampler that would draw the rows that are left
   * @throws ConfigException listing what differs
   */
  public void check(RunRecord present, Map<String, String> inputs, int sampler) {
    var problems = new ArrayList<String>();
    if (Files.exists(run.config())) {
      for (var difference : resolved.differences(run.config())) {
        problems.add("  " + difference);
      }
    }
    inputs.forEach((name, fingerprint) -> {
      if (!name.equals("configuration") && !fingerprint.equals(present.inputs().get(name))) {
        problems.add("  the content of " + name + " has changed");
      }
    });
    if (present.status() == RunRecord.Status.STARTED && present.sampler() != sampler) {
      problems.add(
          "  the run is unfinished, and the build that began it draws other rows (sampler version %d there, %d here): finish it with that build, or train it anew"
              .formatted(present.sampler(), sampler));
    }
    if (!problems.isEmpty()) {
      var lines = new ArrayList<>(List.of(run.path()
          + " holds another run; name another output folder or remove this one. What differs:"));
      lines.addAll(problems);
      throw new ConfigException(lines);
    }
  }
}
