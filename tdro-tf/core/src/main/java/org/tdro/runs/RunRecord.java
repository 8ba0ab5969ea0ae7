package org.tdro.runs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tdro.config.ResolvedConfig;
import org.tdro.io.Json;
import org.tensorflow.proto.ConfigProto;

/**
 * The content of {@code run.json}: what a run was made from and how it went.
 *
 * @param inputs fingerprints by the name of the input: a run with others is another run
 * @param versions versions of the program, of its sampler and of what it runs on
 * @param started time in UTC at which the first of its processes began it
 * @param seconds time that the process that ended it took; absent until the run is complete
 * @param peakMemoryMiB largest resident size of that process; absent if the system does not report it
 * @param modelStep step of the model that was kept, if it is the best on development queries rather than the last
 * @param domains hashes of the rows of each domain; empty if an early build wrote the record
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunRecord(
    Status status,
    String stage,
    long seed,
    Map<String, String> inputs,
    Map<String, String> versions,
    String started,
    @JsonSetter(nulls = Nulls.SET) Double seconds,

    @JsonProperty("peakMemoryMiB") @JsonSetter(nulls = Nulls.SET)
    Long peakMemoryMiB,

    @JsonProperty("modelStep") @JsonSetter(nulls = Nulls.SET)
    Long modelStep,

    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.SET)
    Map<String, String> domains) {
  private static final String SAMPLER = "sampler";

  /** The state of a run. */
  public enum Status {
    STARTED,
    COMPLETE
  }

  /** The configuration as an input; its differences are listed key by key. */
  public static final String CONFIGURATION = "configuration";

  public RunRecord {
    inputs = new TreeMap<>(inputs);
    versions = new TreeMap<>(versions);
    domains = domains == null ? Map.of() : new TreeMap<>(domains);
  }

  /**
   * Returns the record of a run that begins now.
   *
   * @param versions those of {@link #versions}
   */
  public static RunRecord begun(
      String stage, long seed, Map<String, String> inputs, Map<String, String> versions) {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return new RunRecord(
        Status.STARTED, stage, seed, inputs, versions, now, null, null, null, Map.of());
  }

  /**
   * Returns the versions of what a run that begins now is made with, and the machine.
   *
   * @param sampler version of the sampler that draws its rows
   * @param session the options by which it finds its devices
   */
  public static Map<String, String> versions(int sampler, ConfigProto session) {
    var versions = new TreeMap<>(Provenance.versions());
    versions.put(SAMPLER, Integer.toString(sampler));
    versions.putAll(Provenance.machine(session));
    return versions;
  }

  /** Returns the record with the hashes of the rows of each domain. */
  public RunRecord withDomains(Map<String, String> hashes) {
    return new RunRecord(
        status, stage, seed, inputs, versions, started, seconds, peakMemoryMiB, modelStep, hashes);
  }

  /** Returns the version of the sampler that draws the run's rows; 1 if an early build wrote the record, which did not say. */
  public int sampler() {
    return Integer.parseInt(versions.getOrDefault(SAMPLER, "1"));
  }

  /** Returns the record in a folder; empty if no run was begun there. */
  public static Optional<RunRecord> read(RunFolder run) {
    if (!Files.isRegularFile(run.record())) {
      return Optional.empty();
    }
    return Optional.of(Json.read(run.record(), RunRecord.class));
  }

  /** Returns whether the run in a folder came to its end, and its model is still there. */
  public static boolean isComplete(Path run) {
    return hasEnded(run) && Files.isDirectory(new RunFolder(run).model());
  }

  /** Returns whether the run in a folder came to its end, whether or not its model was deleted since. */
  public static boolean hasEnded(Path run) {
    return read(new RunFolder(run))
        .filter(record -> record.status() == Status.COMPLETE)
        .isPresent();
  }

  /**
   * Returns the differences of this record's run to the one that would be made from a configuration and inputs now, a line each; none if
   * it is the same run.
   *
   * @param run its folder
   * @param now fingerprints by the name of the input
   * @param sampler version of the sampler that would draw the rows that are left; a complete run is not continued, so there
   *     the build that made it does not matter
   */
  public List<String> differences(
      RunFolder run, ResolvedConfig<?> resolved, Map<String, String> now, int sampler) {
    var differences = new ArrayList<String>();
    if (Files.isRegularFile(run.config())) {
      resolved.differences(run.config()).forEach(difference -> differences.add("  " + difference));
    }
    now.forEach((name, fingerprint) -> {
      if (!name.equals(CONFIGURATION) && !fingerprint.equals(inputs.get(name))) {
        differences.add("  the content of " + name + " has changed");
      }
    });
    if (status == Status.STARTED && sampler() != sampler) {
      differences.add(
          "  the run is unfinished, and the build that began it draws other rows (sampler version %d there, %d here): finish it with that build, or train it anew"
              .formatted(sampler(), sampler));
    }
    return differences;
  }

  /** Writes the record. */
  public void write(RunFolder run) {
    Json.write(run.record(), this);
  }

  /** Returns the same record with the step of the model that was kept. */
  public RunRecord keeping(long step) {
    return new RunRecord(
        status, stage, seed, inputs, versions, started, seconds, peakMemoryMiB, step, domains);
  }

  /** Returns the record of the same run, complete. */
  public RunRecord completed(double seconds) {
    return new RunRecord(
        Status.COMPLETE,
        stage,
        seed,
        inputs,
        versions,
        started,
        seconds,
        Provenance.peakMemoryMiB(),
        modelStep,
        domains);
  }
}
