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
   * Compares what a folder's run was made from with what it would be made from now.
   *
   * @throws ConfigException listing what differs
   */
  public void check(RunRecord present, Map<String, String> inputs) {
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
    if (!problems.isEmpty()) {
      var lines = new ArrayList<>(List.of(run.path()
          + " holds another run; name another output folder or remove this one. What differs:"));
      lines.addAll(problems);
      throw new ConfigException(lines);
    }
  }
}
