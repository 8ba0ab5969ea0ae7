package org.tdro.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.arrow.memory.RootAllocator;
import org.tdro.runs.Provenance;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.Tokenizer;
import org.tdro.text.WordCounts;
import org.tdro.tools.doctor.Finding.Status;
import org.tdro.training.config.RunConfig;

/** Runs all checks, beginning with the cheapest and least likely to end the process. */
public final class Doctor {
  private static final String START =
      "start it with tools/tdro, which gives Java the flags it needs";
  private static final String NATIVES =
      "the build holds libraries for one system: see tensorflow.classifier in pom.xml; a folder mounted noexec also stops them";

  private static final int BYTES = 8;
  private static final String TEXT = "dense retrieval";
  private static final int VOCABULARY = 258;
  private static final int LENGTH = 32;

  private final Map<String, Guarded> checks = new LinkedHashMap<>();

  private record Guarded(String advice, Check check) {}

  /**
   * A doctor of this machine and build.
   *
   * @param config the configuration from which runs start: it gives the devices and the cache of rows
   * @param requireGpu whether a missing GPU is a problem rather than a note
   */
  public Doctor(RunConfig config, boolean requireGpu) {
    var session = config.device().session();
    checks.put("processor", new Guarded("", new ProcessorCheck()));
    checks.put("memory", new Guarded(START, new MemoryCheck()));
    checks.put("folders", new Guarded("", new FoldersCheck(config.data().cache())));
    checks.put("Arrow", new Guarded(START, Doctor::arrow));
    checks.put(
        "tokenizers",
        new Guarded(
            NATIVES
                + "; a run with a GPU leaves ~/.djl.ai/tokenizers unusable for runs without one: remove it",
            Doctor::tokenizers));
    checks.put("versions", new Guarded(NATIVES, Doctor::versions));
    checks.put("TensorFlow", new Guarded(NATIVES, new ProductCheck(session)));
    checks.put("devices", new Guarded(NATIVES, new DevicesCheck(session, requireGpu)));
  }

  /** Runs the checks, passes each finding to {@code listener} at once, and returns all of them. */
  public List<Finding> run(Consumer<Finding> listener) {
    var all = new ArrayList<Finding>();
    checks.forEach((subject, guarded) -> {
      var findings = Check.guarded(subject, guarded.advice(), guarded.check());
      findings.forEach(listener);
      all.addAll(findings);
    });
    return List.copyOf(all);
  }

  /** Returns the number of findings that are problems. */
  public static long problems(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.status() == Status.PROBLEM)
        .count();
  }

  /** Arrow reaches into direct buffers of Java, which a flag must open to it. */
  private static List<Finding> arrow() {
    try (var allocator = new RootAllocator();
        var buffer = allocator.buffer(BYTES)) {
      buffer.setByte(0, BYTES);
      return buffer.nioBuffer(0, BYTES).get(0) == BYTES
          ? List.of(Finding.ok("Arrow", "reads and writes native memory"))
          : List.of(Finding.problem("Arrow", "reads other bytes than were written", ""));
    }
  }

  /** Trains a tokenizer of single bytes and encodes with it. */
  private static List<Finding> tokenizers() throws IOException {
    var file = Files.createTempFile("tdro-doctor", ".json");
    try {
      new BytePairTrainer(VOCABULARY).train(new WordCounts(true)).write(file);
      try (var tokenizer = Tokenizer.load(file)) {
        var back = tokenizer.decode(tokenizer.encode(TEXT, LENGTH));
        return List.of(
            back.equals(TEXT)
                ? Finding.ok("tokenizers", "the native library loads and encodes")
                : Finding.problem("tokenizers", "'" + TEXT + "' came back as '" + back + "'", ""));
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Versions that {@code run.json} records for a run. */
  private static List<Finding> versions() {
    return List.of(Finding.ok(
        "versions",
        Provenance.versions().entrySet().stream()
            .filter(entry -> !entry.getKey().equals("processors"))
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "))));
  }
}
