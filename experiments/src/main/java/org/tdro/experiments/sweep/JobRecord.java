package org.tdro.experiments.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Json;

/**
 * A job of a sweep as {@code jobs.jsonl} holds it.
 *
 * @param job its number, which names its folder
 * @param overrides the values that it does not share with all other jobs
 * @param steps steps of its stages; less than configured in the earlier rungs of halving
 * @param identity hash of everything that its models follow from
 * @param evaluation hash of everything that its evaluation follows from, apart from the models
 * @param reference folder of the reference that it shares; absent if there is none
 * @param seconds time that it took, in the process that ended it; absent until it is complete
 * @param exitCode of its last process; absent if that has not ended
 * @param metric value by which halving compared it; absent elsewhere
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobRecord(
    int job,
    List<String> overrides,
    List<Integer> steps,
    String identity,
    String evaluation,
    @JsonSetter(nulls = Nulls.SET) String reference,
    Status status,
    @JsonSetter(nulls = Nulls.SET) Double seconds,
    @JsonSetter(nulls = Nulls.SET) Integer exitCode,
    @JsonSetter(nulls = Nulls.SET) Double metric) {
  private static final String FILE = "jobs.jsonl";

  /** The state of a job. */
  enum Status {
    WAITING,
    RUNNING,
    COMPLETE,
    FAILED,
    STOPPED
  }

  JobRecord {
    overrides = List.copyOf(overrides);
    steps = List.copyOf(steps);
  }

  /** Returns the record of the same job with the value by which it is compared. */
  JobRecord scored(double value) {
    return new JobRecord(
        job, overrides, steps, identity, evaluation, reference, status, seconds, exitCode, value);
  }

  /** Returns the folder of the job. */
  Path folder(Path sweep) {
    return sweep.resolve(Integer.toString(job));
  }

  /** Returns its name in messages. */
  String title() {
    return overrides.isEmpty()
        ? "job " + job
        : "job %d (%s)".formatted(job, String.join(" ", overrides));
  }

  /**
   * Reads the jobs of a sweep's folder; none if it has no file of them.
   *
   * @throws InputException naming the line that is wrong
   */
  static List<JobRecord> readAll(Path sweep) {
    var file = sweep.resolve(FILE);
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      var records = new ArrayList<JobRecord>();
      var lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        records.add(Json.parse(lines.get(i), file + ":" + (i + 1), JobRecord.class));
      }
      return records;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** Writes the jobs of a sweep's folder. */
  static void writeAll(Path sweep, List<JobRecord> records) {
    AtomicWrite.file(
        sweep.resolve(FILE),
        beside -> Files.write(beside, records.stream().map(Json::line).toList()));
  }
}
