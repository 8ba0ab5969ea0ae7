package org.tdro.tools.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.tdro.tools.doctor.Finding.Status;
import org.tdro.training.config.RunConfig;

/** All checks, cheapest and least likely to take the process down first. */
public final class Doctor {
  private static final String START =
      "start it with tools/tdro, which gives Java the flags it needs";
  private static final String NATIVES =
      "the build holds libraries for one system: see tensorflow.classifier in pom.xml; a folder mounted noexec also stops them";

  private final Map<String, Guarded> checks = new LinkedHashMap<>();

  private record Guarded(String advice, Check check) {}

  /**
   * Checks this machine and build.
   *
   * @param config what runs start from: devices, cache of rows
   * @param requireGpu whether a GPU that cannot be used is a problem rather than a note
   */
  public Doctor(RunConfig config, boolean requireGpu) {
    var session = config.device().session();
    checks.put("processor", new Guarded("", new ProcessorCheck()));
    checks.put("memory", new Guarded(START, new MemoryCheck()));
    checks.put("folders", new Guarded("", new FoldersCheck(config.data().cache())));
    checks.put("Arrow", new Guarded(START, new ArrowCheck()));
    checks.put("tokenizers", new Guarded(NATIVES, new TokenizersCheck()));
    checks.put("versions", new Guarded(NATIVES, new VersionsCheck()));
    checks.put("TensorFlow", new Guarded(NATIVES, new ProductCheck(session)));
    checks.put("devices", new Guarded(NATIVES, new DevicesCheck(session, requireGpu)));
  }

  /** Runs the checks, telling {@code listener} each finding at once, and returns them all. */
  public List<Finding> run(Consumer<Finding> listener) {
    var all = new ArrayList<Finding>();
    checks.forEach((subject, guarded) -> {
      var findings = Check.guarded(subject, guarded.advice(), guarded.check());
      findings.forEach(listener);
      all.addAll(findings);
    });
    return List.copyOf(all);
  }

  /** How many of the findings are problems. */
  public static long problems(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.status() == Status.PROBLEM)
        .count();
  }
}
