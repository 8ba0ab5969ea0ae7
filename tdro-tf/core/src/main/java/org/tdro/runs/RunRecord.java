package org.tdro.runs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.io.Json;

/**
 * The file {@code run.json}: the inputs of a run, the software that made it, and how far it is.
 *
 * @param inputs fingerprints by the name of the input: a run with others is another run
 * @param versions of the program and of what it runs on
 * @param started in UTC, by the first of its processes
 * @param seconds of the process that completed it; absent while the run is not complete
 * @param peakMemoryMiB largest resident size of that process; absent where the system does not report it
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
    Long peakMemoryMiB) {
  /** The progress of a run. */
  public enum Status {
    STARTED,
    COMPLETE
  }

  /** The input that is the configuration itself, whose differences are told key by key. */
  public static final String CONFIGURATION = "configuration";

  public RunRecord {
    inputs = new TreeMap<>(inputs);
    versions = new TreeMap<>(versions);
  }

  /** Reads the record of a folder; empty if no run was started there. */
  public static Optional<RunRecord> read(RunFolder run) {
    if (!Files.exists(run.record())) {
      return Optional.empty();
    }
    return Optional.of(Json.read(run.record(), RunRecord.class));
  }

  /** Returns whether a folder holds a complete run. */
  public static boolean isComplete(Path run) {
    return read(new RunFolder(run))
        .filter(record -> record.status() == Status.COMPLETE)
        .isPresent();
  }

  /**
   * Checks that the run of this record is the one that would be made from a configuration and inputs now.
   *
   * @param run its folder
   * @param now fingerprints by the name of what is put in
   * @throws ConfigException listing the differences
   */
  public void requireSame(RunFolder run, ResolvedConfig<?> resolved, Map<String, String> now) {
    var differences = new ArrayList<String>();
    if (Files.exists(run.config())) {
      resolved.differences(run.config()).forEach(difference -> differences.add("  " + difference));
    }
    now.forEach((name, fingerprint) -> {
      if (!name.equals(CONFIGURATION) && !fingerprint.equals(inputs.get(name))) {
        differences.add("  the content of " + name + " has changed");
      }
    });
    if (!differences.isEmpty()) {
      differences.add(
          0,
          run.path()
              + " holds another run; name another output folder or remove this one. What differs:");
      throw new ConfigException(differences);
    }
  }

  /** Writes the record. */
  public void write(RunFolder run) {
    Json.write(run.record(), this);
  }

  /** Returns the record of the same run once it is complete. */
  public RunRecord completed(double seconds) {
    return new RunRecord(
        Status.COMPLETE,
        stage,
        seed,
        inputs,
        versions,
        started,
        seconds,
        Provenance.peakMemoryMiB());
  }
}
