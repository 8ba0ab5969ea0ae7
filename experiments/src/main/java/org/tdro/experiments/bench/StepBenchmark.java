package org.tdro.experiments.bench;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.tdro.data.TokenMatrix;
import org.tdro.keras.Callback;
import org.tdro.keras.Dataset;
import org.tdro.keras.FitOptions;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.retriever.ContrastiveModel;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.TokenEncoding;
import org.tdro.text.TextKind;
import org.tdro.training.config.RunConfig;

/**
 * A benchmark of forward passes, plain steps and dro steps, in turn, so that whatever slows the machine affects all alike. Only the
 * models of the kinds that are measured are built.
 */
public final class StepBenchmark {
  private final Workload workload;
  private final Set<StepKind> kinds;
  private final int steps;
  private final int warmup;

  /**
   * Creates a benchmark of the model, batch and lengths of {@code config}; it reads no files.
   *
   * @param kinds what to measure
   * @param variedLengths whether texts have from an eighth of the longest length to all of it, or all the longest
   * @param steps measured steps of each kind
   * @param warmup steps of each kind before the measured ones
   */
  public StepBenchmark(
      RunConfig config, Set<StepKind> kinds, boolean variedLengths, int steps, int warmup) {
    if (steps < 1 || warmup < 0) {
      throw new IllegalArgumentException(
          "steps must be at least 1 and warm-up at least 0, were " + steps + " and " + warmup);
    }
    this.workload = new Workload(config, variedLengths);
    this.kinds = EnumSet.copyOf(kinds);
    this.steps = steps;
    this.warmup = warmup;
  }

  /** Takes the steps and returns what they cost. */
  public StepReport run() {
    try (var open = new Subjects()) {
      var runs = open.of(kinds);
      measure(runs, warmup);
      var before = ProcessUsage.residentMib();
      var times = measure(runs, steps);
      var waiting = kinds.contains(StepKind.TRAIN)
          ? OptionalDouble.of(inputWaitShare(open.plain, open.plainRows))
          : OptionalDouble.empty();
      return new StepReport(
          times,
          workload.tokens(),
          workload.forwardFlops(),
          waiting,
          before,
          ProcessUsage.residentMib(),
          ProcessUsage.peakMib(),
          ProcessUsage.load());
    }
  }

  /** The models and rows that are measured; owns them. */
  private final class Subjects implements AutoCloseable {
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private ContrastiveModel plain;
    private Dataset plainRows;

    private Map<StepKind, Runnable> of(Set<StepKind> kinds) {
      var runs = new EnumMap<StepKind, Runnable>(StepKind.class);
      if (kinds.contains(StepKind.FORWARD) || kinds.contains(StepKind.TRAIN)) {
        plain = owned(workload.plainModel());
        plainRows = owned(workload.dataset());
      }
      for (var kind : kinds) {
        runs.put(kind, run(kind));
      }
      return runs;
    }

    private Runnable run(StepKind kind) {
      return switch (kind) {
        case FORWARD -> new ForwardPass(plain, workload.texts())::run;
        case TRAIN -> () -> fit(plain, plainRows, 1);
        case DRO -> {
          var dro = owned(workload.droModel());
          var rows = owned(workload.dataset());
          yield () -> fit(dro, rows, 1);
        }
        case WEIGHT_UPDATE -> owned(workload.weightUpdate())::run;
      };
    }

    private <T extends AutoCloseable> T owned(T subject) {
      owned.push(subject);
      return subject;
    }

    @Override
    public void close() {
      for (var subject : owned) {
        try {
          subject.close();
        } catch (Exception e) {
          throw new IllegalStateException("cannot free what was measured", e);
        }
      }
    }
  }

  /** Measures each kind {@code rounds} times, in turn. */
  private static Map<StepKind, StepTimes> measure(Map<StepKind, Runnable> runs, int rounds) {
    var times = new EnumMap<StepKind, StepTimes>(StepKind.class);
    runs.keySet().forEach(kind -> times.put(kind, new StepTimes()));
    for (int round = 0; round < rounds; round++) {
      runs.forEach((kind, run) -> times.get(kind).measure(run));
    }
    return times;
  }

  /** Measures plain steps one after the other, without the pauses in which the input runs ahead. */
  private double inputWaitShare(Model model, Dataset rows) {
    var wait = new InputWait();
    fit(model, rows, steps, wait);
    return wait.waited / wait.all;
  }

  private static void fit(Model model, Dataset rows, int steps, Callback... callbacks) {
    var options = FitOptions.epochs(model.iterations() + steps).withStepsPerEpoch(1);
    model.fit(rows, options.withCallbacks(callbacks));
  }

  /** Sums of what every step reports, in seconds. */
  private static final class InputWait implements Callback {
    private double waited;
    private double all;

    @Override
    public void onTrainBatchEnd(Model model, long step, Logs logs) {
      waited += logs.timings().inputSeconds();
      all += logs.timings().inputSeconds() + logs.timings().stepSeconds();
    }
  }

  /** Forward passes over the same texts, those of one length together. */
  private static final class ForwardPass {
    private final EncoderModel model;
    private final List<int[][]> texts = new ArrayList<>();

    private ForwardPass(EncoderModel model, List<TokenMatrix> matrices) {
      this.model = model;
      var byLength = new TreeMap<Integer, List<int[]>>();
      for (var matrix : matrices) {
        var rows = byLength.computeIfAbsent(matrix.length(), length -> new ArrayList<>());
        for (int row = 0; row < matrix.rows(); row++) {
          int start = row * matrix.length();
          rows.add(Arrays.copyOfRange(matrix.ids(), start, start + matrix.lengths()[row]));
        }
      }
      byLength.values().forEach(rows -> texts.add(rows.toArray(int[][]::new)));
    }

    private void run() {
      for (var rows : texts) {
        int longest = Arrays.stream(rows).mapToInt(row -> row.length).max().orElse(1);
        TokenEncoding.DEFAULT.encode(model, TextKind.PASSAGE, rows, 0, longest);
      }
    }
  }
}
