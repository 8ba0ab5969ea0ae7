package org.tdro.experiments.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Checks;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;

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

  /** Numbers are given one after the other, and no sweep has so many jobs. */
  private static final int MOST = 10_000_000;

  /** The state of a job. */
  enum Status {
    @JsonProperty("waiting")
    WAITING,
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("complete")
    COMPLETE,
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("stopped")
    STOPPED
  }

  JobRecord {
    overrides = List.copyOf(overrides);
    steps = List.copyOf(steps);
    new Checks()
        .that(job >= 0 && job < MOST, "job must be from 0 to %d, was %d".formatted(MOST - 1, job))
        .that(
            steps.stream().allMatch(count -> count > 0), "steps must be at least 1, were " + steps)
        .that(!identity.isBlank(), "identity must not be empty")
        .notNegative("seconds", seconds == null ? 0 : seconds)
        .that(
            metric == null || Double.isFinite(metric),
            "metric must be a finite number, was " + metric)
        .done();
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
   * @throws InputException naming all lines that are wrong, such as those of one number
   */
  static List<JobRecord> readAll(Path sweep) {
    var file = sweep.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    try {
      var records = new ArrayList<JobRecord>();
      var problems = new Problems();
      var places = new HashMap<Object, String>();
      var lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        var place = file + ":" + (i + 1);
        try {
          var record = Json.parse(lines.get(i), place, JobRecord.class);
          var number = places.putIfAbsent(record.job(), place);
          var same = places.putIfAbsent(record.identity(), place);
          if (number != null) {
            problems.add("%s: job %d is in %s, too".formatted(place, record.job(), number));
          } else if (same != null) {
            problems.add("%s: this is the same job as that of %s".formatted(place, same));
          }
          records.add(record);
        } catch (InputException e) {
          e.problems().forEach(problems::add);
        }
      }
      problems.throwIfAny();
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
