package org.tdro.experiments.sweep;

import static org.tdro.config.ConfigComposer.argument;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.experiments.sweep.JobPool.Task;
import org.tdro.experiments.sweep.JobRecord.Status;
import org.tdro.experiments.sweep.SweepPlan.Job;
import org.tdro.io.FolderLock;
import org.tdro.io.Json;
import org.tdro.keras.callbacks.ProgressBar;
import org.tdro.runs.GracefulShutdown;
import org.tdro.runs.RunFolder;
import org.tdro.runs.RunRecord;
import org.tdro.training.PipelineReport;
import org.tdro.training.config.RunConfig;

/**
 * A sweep: a command for each of many configurations, in the folder {@code output}. Jobs are numbered folders in it, {@code jobs.jsonl}
 * lists them, {@code sweep.json} holds what was asked for, and {@code shared} the references that several jobs take.
 *
 * <p>A job is what its models follow from: a later call in the same folder, with more values or after an interruption, gives it the same
 * number, continues it if it is not complete, and leaves it alone if it is.
 */
public final class Sweep {
  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
  private static final String FILE = "sweep.json";
  private static final String LOG_FILE = "job.log";
  private static final int NAME_LENGTH = 12;
  private static final String NOTHING_SWEPT =
      "nothing is swept, so there is one job; give several values, such as seed=1,2 or seed=range(1,6)";

  private final SweptCommand command;
  private final List<String> typed;
  private final List<String> options;
  private final SweepPlan plan;
  private final Path folder;

  /**
   * The number of jobs by their state at the end.
   *
   * @param stopped whether the sweep was asked to end before all were done
   */
  public record Outcome(Path folder, int complete, int failed, boolean stopped) {
    /** Returns the numbers in a sentence. */
    public String summary() {
      return "%s complete, %d failed; the sweep is in %s".formatted(jobs(complete), failed, folder);
    }
  }

  /**
   * Plans a sweep: composes and checks all of its jobs.
   *
   * @param options of the command that all jobs get, such as {@code --config-dir}
   * @param arguments of the command, with swept values
   * @throws ConfigException with all problems of all jobs
   */
  public Sweep(
      SweptCommand command,
      ConfigComposer<RunConfig> composer,
      List<String> options,
      List<String> arguments) {
    this.command = command;
    this.options = List.copyOf(options);
    this.typed = List.copyOf(arguments);
    this.plan = new SweepPlan(command, composer, arguments);
    this.folder = plan.folder();
    checkFolder();
  }

  private void checkFolder() {
    boolean run =
        Files.exists(new RunFolder(folder).record()) || Files.exists(PipelineReport.file(folder));
    if (run && !Files.exists(folder.resolve(FILE))) {
      throw new ConfigException(
          List.of("%s: output names %s, which holds a run; name another folder for the sweep"
              .formatted(plan.base().origin("output"), folder)));
    }
  }

  /** Returns the folders of the jobs that were asked for, in their order. */
  public List<Path> folders() {
    var book = new Book(JobRecord.readAll(folder));
    return plan.rungs().get(0).stream()
        .map(job -> book.record(job).folder(folder))
        .toList();
  }

  /** Returns the jobs, their state, and what is computed once for several of them, as lines of text. */
  public List<String> describe() {
    var book = new Book(JobRecord.readAll(folder));
    var jobs = plan.rungs().get(0);
    var numbers = new HashMap<Job, Integer>();
    var lines = new ArrayList<String>();
    lines.add(
        "%s, %d at a time, in %s".formatted(jobs(jobs.size()), plan.settings().jobs(), folder));
    if (plan.axes().isEmpty()) {
      lines.add(NOTHING_SWEPT);
    }
    for (var job : jobs) {
      var record = book.record(job);
      numbers.put(job, record.job());
      lines.add("  %-4d %-9s %s"
          .formatted(
              record.job(),
              isDone(record, job) ? "complete" : book.isNew(record) ? "new" : "continues",
              job.title())
          .stripTrailing());
    }
    if (plan.isHalving()) {
      lines.addAll(plan.describeRungs());
    }
    lines.add("computed once");
    plan.shared(numbers).forEach(line -> lines.add("  " + line));
    return lines;
  }

  /**
   * Returns what is missing of the sweep in a folder: how many of its jobs are complete, and each that failed; nothing if all are
   * complete, or it is not the folder of a sweep.
   *
   * @throws org.tdro.io.InputException naming the lines of the job file that are wrong
   */
  public static List<String> missing(Path sweep) {
    var records = JobRecord.readAll(sweep);
    long complete = records.stream()
        .filter(record -> record.status() == JobRecord.Status.COMPLETE)
        .count();
    var missing = new ArrayList<String>();
    if (complete < records.size()) {
      missing.add("%s: %d of %s complete%s"
          .formatted(
              sweep,
              complete,
              jobs(records.size()),
              FolderLock.isHeld(sweep) ? "; the others are running or wait" : ""));
    }
    records.stream()
        .filter(record -> record.status() == JobRecord.Status.FAILED)
        .forEach(record -> missing.add("%s: %s failed; see %s"
            .formatted(sweep, record.title(), record.folder(sweep).resolve(LOG_FILE))));
    return missing;
  }

  /** Returns a number of jobs in words. */
  static String jobs(long count) {
    return count + (count == 1 ? " job" : " jobs");
  }

  /** Returns the folder of a shared reference, within that of the sweep. */
  static String name(SweptCommand.Reference reference) {
    return "shared/reference-" + reference.identity().substring(0, NAME_LENGTH);
  }

  /**
   * Runs the jobs that are not complete.
   *
   * @param progress the stream on which the state of the jobs is shown
   * @throws IllegalStateException if another process sweeps in the folder
   */
  public Outcome run(JobLauncher launcher, PrintStream progress) {
    return FolderLock.whileHeld(folder, "sweeping in", () -> {
      try (var shutdown = new GracefulShutdown()) {
        return new Running(launcher, progress, shutdown).all();
      }
    });
  }

  /** Returns whether a job came to its end and was evaluated as it would be now, whatever its folder holds. */
  private static boolean wasDone(JobRecord record, Job job) {
    return record.status() == Status.COMPLETE
        && record.evaluation().equals(job.outline().evaluation());
  }

  private boolean isDone(JobRecord record, Job job) {
    return wasDone(record, job) && command.isComplete(record.folder(folder), job.outline());
  }

  private Path reference(SweptCommand.Reference reference) {
    return folder.resolve(name(reference));
  }

  /** The jobs of the folder by what they are. */
  private final class Book {
    private final Map<String, JobRecord> records = new LinkedHashMap<>();
    private final int known;
    private int next;

    Book(List<JobRecord> present) {
      present.forEach(record -> records.put(record.identity(), record));
      known = present.stream().mapToInt(record -> record.job() + 1).max().orElse(0);
      next = known;
    }

    boolean isNew(JobRecord record) {
      return record.job() >= known;
    }

    /** Returns the record of a job as it is asked for now, with the next number if there is none. */
    JobRecord record(Job job) {
      var outline = job.outline();
      var present = Optional.ofNullable(records.get(outline.identity()));
      var record = new JobRecord(
          present.map(JobRecord::job).orElseGet(() -> next++),
          job.candidate().overrides(),
          job.steps(),
          outline.identity(),
          present.map(JobRecord::evaluation).orElse(outline.evaluation()),
          outline.reference().map(Sweep::name).orElse(null),
          present.map(JobRecord::status).orElse(Status.WAITING),
          present.map(JobRecord::seconds).orElse(null),
          present.map(JobRecord::exitCode).orElse(null),
          present.map(JobRecord::metric).orElse(null));
      put(record);
      return record;
    }

    void put(JobRecord record) {
      records.put(record.identity(), record);
    }

    JobRecord of(Job job) {
      return records.get(job.outline().identity());
    }

    void write() {
      JobRecord.writeAll(folder, List.copyOf(records.values()));
    }
  }

  /** One call. */
  private final class Running {
    private final JobLauncher launcher;
    private final PrintStream progress;
    private final GracefulShutdown shutdown;
    private final Book book = new Book(JobRecord.readAll(folder));
    private int complete;
    private int failed;

    Running(JobLauncher launcher, PrintStream progress, GracefulShutdown shutdown) {
      this.launcher = launcher;
      this.progress = progress;
      this.shutdown = shutdown;
    }

    Outcome all() {
      writeRequest();
      if (plan.axes().isEmpty()) {
        LOG.warn(NOTHING_SWEPT);
      }
      var rungs = plan.rungs();
      var jobs = rungs.get(0);
      for (int rung = 0; rung < rungs.size() && !shutdown.happened(); rung++) {
        run(rungs.size() == 1 ? "sweep" : "rung %d of %d".formatted(rung + 1, rungs.size()), jobs);
        if (plan.isHalving() && !shutdown.happened()) {
          var kept = best(jobs);
          jobs = rungs.get(Math.min(rung + 1, rungs.size() - 1)).stream()
              .filter(job -> kept.contains(job.candidate()))
              .toList();
        }
      }
      if (shutdown.happened()) {
        LOG.warn("stopped; run the same command again to continue");
      }
      return new Outcome(folder, complete, failed, shutdown.happened());
    }

    private void writeRequest() {
      var axes = new LinkedHashMap<String, Object>();
      plan.axes()
          .forEach(axis -> axes.put(
              axis.key(),
              axis.values() instanceof Axis.Listed listed ? listed.all() : axis.values()));
      var request = new LinkedHashMap<String, Object>();
      request.put("command", command.word());
      request.put("options", options);
      request.put("arguments", typed);
      request.put("axes", axes);
      request.put("settings", plan.settings());
      Json.write(folder.resolve(FILE), request);
    }

    private void run(String name, List<Job> jobs) {
      var records = jobs.stream().map(book::record).toList();
      book.write();
      var references = new LinkedHashMap<Path, Task>();
      var tasks = new LinkedHashMap<Task, Job>();
      var all = new ArrayList<Task>();
      int before = 0;
      for (int i = 0; i < jobs.size(); i++) {
        var job = jobs.get(i);
        if (isDone(records.get(i), job)) {
          before++;
          continue;
        }
        if (wasDone(records.get(i), job)) {
          LOG.warn(
              "{} runs again: it was complete, but results in {} were deleted",
              records.get(i).title(),
              records.get(i).folder(folder));
        }
        var needed = job.outline()
            .reference()
            .filter(reference -> !RunRecord.isComplete(reference(reference)))
            .map(reference -> references.computeIfAbsent(reference(reference), path -> {
              var task = task(reference, path);
              all.add(task);
              return task;
            }));
        var task = task(records.get(i), job, needed);
        tasks.put(task, job);
        all.add(task);
      }
      if (before > 0) {
        LOG.info(
            "{} of {} {} complete already",
            before,
            jobs(jobs.size()),
            before == 1 ? "was" : "were");
      }
      int slots = Math.min(plan.settings().jobs(), Math.max(1, all.size()));
      try (var shown = new SweepProgress(
          progress,
          plan.base().config().train().progress(),
          new SweepProgress.Work(name, before, List.copyOf(tasks.keySet()), slots))) {
        new JobPool(launcher, ProcessorShare.of(slots), shutdown::happened, task -> {
              if (tasks.containsKey(task)) {
                note(task, tasks.get(task));
              }
              shown.update(task.status() != Status.RUNNING);
            })
            .run(all);
      }
      complete += before + count(tasks, Status.COMPLETE);
      failed += count(tasks, Status.FAILED);
    }

    private int count(Map<Task, Job> tasks, Status status) {
      return (int)
          tasks.keySet().stream().filter(task -> task.status() == status).count();
    }

    private void note(Task task, Job job) {
      var record = book.of(job);
      boolean done = task.status() == Status.COMPLETE;
      book.put(new JobRecord(
          record.job(),
          job.candidate().overrides(),
          record.steps(),
          record.identity(),
          done ? job.outline().evaluation() : record.evaluation(),
          record.reference(),
          task.status(),
          done ? Double.valueOf(task.seconds()) : null,
          task.exitCode(),
          null));
      book.write();
    }

    private Task task(SweptCommand.Reference reference, Path path) {
      return new Task(
          name(reference),
          arguments("train", reference.arguments(), argument("output", path)),
          folder.resolve(name(reference) + ".log"),
          Optional.empty());
    }

    private Task task(JobRecord record, Job job, Optional<Task> needed) {
      var further = new ArrayList<String>();
      further.add(argument("output", record.folder(folder)));
      if (plan.base().config().train().progress() == ProgressBar.Mode.BAR) {
        further.add("train.progress=lines"); // A log is not a terminal.
      }
      job.outline()
          .reference()
          .ifPresent(reference -> further.add(argument("dro.reference", reference(reference))));
      return new Task(
          record.title(),
          arguments(command.word(), job.arguments(), further.toArray(String[]::new)),
          record.folder(folder).resolve(LOG_FILE),
          needed);
    }

    private List<String> arguments(String word, List<String> given, String... further) {
      var all = new ArrayList<String>();
      all.add(word);
      all.addAll(options);
      all.addAll(given);
      all.addAll(List.of(further));
      return all;
    }

    /** Returns the candidates of the best of some jobs. */
    private List<SweepSpace.Candidate> best(List<Job> jobs) {
      var metric = HalvingMetric.of(plan.base());
      // In the order of the jobs, which decides among equal values.
      var values = new LinkedHashMap<Job, Double>();
      jobs.stream()
          .filter(job -> book.of(job).status() == Status.COMPLETE)
          .forEach(job -> score(job, metric).ifPresent(value -> values.put(job, value)));
      book.write();
      var kept = values.entrySet().stream()
          .sorted(Map.Entry.comparingByValue(metric.best()))
          .map(Map.Entry::getKey)
          .limit(plan.keptOf(jobs.size()))
          .toList();
      for (var job : kept) {
        LOG.info("kept: {}, {} {}", book.of(job).title(), metric.column(), values.get(job));
      }
      return kept.stream().map(Job::candidate).toList();
    }

    private OptionalDouble score(Job job, HalvingMetric metric) {
      var record = book.of(job);
      var value =
          metric.of(command.scored(record.folder(folder), job.outline().base().config()));
      if (value.isEmpty()) {
        LOG.warn("{} is not kept: its log has no {}", record.title(), metric.column());
      }
      value.ifPresent(known -> book.put(record.scored(known)));
      return value;
    }
  }
}
