package org.tdro.runs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tdro.io.Json;

/**
 * {@code run.json}: what a run was made from and how it went.
 *
 * @param inputs fingerprints by the name of what was put in: a run with others is another run
 * @param versions of the program and what it stands on
 * @param started in UTC, by the first of its processes
 * @param seconds of the process that ended it; absent while the run is not complete
 * @param peakMemoryMiB largest resident size of that process; absent where the system does not tell
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
  /** How far it came. */
  public enum Status {
    STARTED,
    COMPLETE
  }

  public RunRecord {
    inputs = new TreeMap<>(inputs);
    versions = new TreeMap<>(versions);
  }

  /** The record of a run that was begun, if the folder is one. */
  public static Optional<RunRecord> read(RunFolder run) {
    if (!Files.exists(run.record())) {
      return Optional.empty();
    }
    return Optional.of(Json.read(run.record(), RunRecord.class));
  }

  /** Whether a run is complete. */
  public static boolean isComplete(Path run) {
    return read(new RunFolder(run))
        .filter(record -> record.status() == Status.COMPLETE)
        .isPresent();
  }

  /** Writes the record. */
  public void write(RunFolder run) {
    Json.write(run.record(), this);
  }

  /** The same run, complete. */
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
