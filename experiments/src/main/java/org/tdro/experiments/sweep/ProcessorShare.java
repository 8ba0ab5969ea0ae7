package org.tdro.experiments.sweep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The processors of one of several jobs that run at the same time. A job is bound to its share, but computes with as many threads as
 * it would alone: their number decides the order of floating-point sums, and so the last bits of its weights.
 *
 * @param prefix put before its command
 * @param environment added to its environment
 */
record ProcessorShare(List<String> prefix, Map<String, String> environment) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String ALLOWED = "Cpus_allowed_list:";
  private static final String THREADS = "TF_NUM_INTRAOP_THREADS";

  /** Everything. */
  static final ProcessorShare ALL = new ProcessorShare(List.of(), Map.of());

  /** Returns a share for each of {@code jobs}; all of them are everything where processes cannot be bound to processors. */
  static List<ProcessorShare> of(int jobs) {
    var processors = allowed();
    boolean divided = jobs > 1 && processors.size() > 1 && hasTaskset();
    var shares = new ArrayList<ProcessorShare>();
    for (int job = 0; job < jobs; job++) {
      shares.add(divided ? of(job, jobs, processors) : ALL);
    }
    return shares;
  }

  /** Returns the share of one job; where there are more jobs than processors, several have the same. */
  static ProcessorShare of(int job, int jobs, List<Integer> processors) {
    int count = processors.size();
    int groups = Math.min(jobs, count);
    int group = job % groups;
    var share = processors.subList(group * count / groups, (group + 1) * count / groups);
    var environment = new TreeMap<String, String>();
    // Without, TensorFlow would compute with one thread for each processor of the share.
    environment.put(THREADS, System.getenv().getOrDefault(THREADS, Integer.toString(count)));
    return new ProcessorShare(
        List.of(
            "taskset",
            "-c",
            String.join(",", share.stream().map(Object::toString).toList())),
        environment);
  }

  /** Returns the numbers of the processors that this process may use; none where the system does not say. */
  private static List<Integer> allowed() {
    if (!Files.exists(STATUS)) {
      return List.of();
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(ALLOWED))
          .findFirst()
          .map(line -> numbers(line.substring(ALLOWED.length()).strip()))
          .orElse(List.of());
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Returns the numbers of a list such as {@code 0-3,8}. */
  static List<Integer> numbers(String list) {
    var numbers = new ArrayList<Integer>();
    for (var range : list.split(",", -1)) {
      var ends = range.split("-", 2);
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int number = Integer.parseInt(ends[0]); number <= last; number++) {
        numbers.add(number);
      }
    }
    return List.copyOf(numbers);
  }

  private static boolean hasTaskset() {
    var path = System.getenv().getOrDefault("PATH", "");
    for (var folder : path.split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, "taskset"))) {
        return true;
      }
    }
    return false;
  }
}
