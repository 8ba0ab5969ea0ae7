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
import java.util.stream.LongStream;
import org.tdro.config.ResolvedConfig;
import org.tdro.keras.Callback;
import org.tdro.keras.Dataset;
import org.tdro.keras.FitOptions;
import org.tdro.keras.KernelTimes;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.TokenEncoding;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.text.TextKind;
import org.tdro.training.config.RunConfig;

/**
 * A benchmark of forward passes, plain steps and dro steps, in turn, so that whatever slows the machine affects all alike. Only the
 * models of the kinds that are measured are built.
 */
public final class StepBenchmark {
  private final ResolvedConfig<RunConfig> resolved;
  private final TextLengths lengths;
  private final Set<StepKind> kinds;
  private final int steps;
  private final int warmup;

  /**
   * Creates a benchmark of the model, batch and lengths of a configuration.
   *
   * @param kinds what to measure
   * @param lengths of the texts; no files are read if they are fixed
   * @param steps measured steps of each kind
   * @param warmup steps of each kind before the measured ones
   */
  public StepBenchmark(
      ResolvedConfig<RunConfig> resolved,
      Set<StepKind> kinds,
      TextLengths lengths,
      int steps,
      int warmup) {
    if (steps < 1 || warmup < 0) {
      throw new IllegalArgumentException(
          "steps must be at least 1 and warm-up at least 0, were " + steps + " and " + warmup);
    }
    this.resolved = resolved;
    this.lengths = lengths;
    this.kinds = EnumSet.copyOf(kinds);
    this.steps = steps;
    this.warmup = warmup;
  }

  /** Takes the steps and returns what they cost. */
  public StepReport run() {
    try (var workload = Workload.of(resolved, lengths);
        var open = new Subjects(workload)) {
      var runs = open.of(kinds);
      StepTimes.inTurn(runs, warmup);
      var before = ProcessUsage.residentMib();
      var times = StepTimes.inTurn(runs, steps);
      var waiting = kinds.contains(StepKind.TRAIN)
          ? OptionalDouble.of(inputWaitShare(open.plain, open.plainRows))
          : OptionalDouble.empty();
      return new StepReport(
          times,
          LongStream.range(warmup, warmup + steps).mapToObj(workload::load).toList(),
          waiting,
          before,
          ProcessUsage.residentMib(),
          ProcessUsage.peakMib(),
          ProcessUsage.load());
    }
  }

  /**
   * Takes the warm-up's steps and then one under TensorFlow's tracer.
   *
   * @return what the kernels of each kind took in all runs of that step; none of a kind that is not a step of training, or a step in chunks
   */
  public Map<StepKind, KernelTimes> kernels() {
    try (var workload = Workload.of(resolved, lengths);
        var open = new Subjects(workload)) {
      var runs = open.of(kinds);
      StepTimes.inTurn(runs, warmup);
      var kernels = new EnumMap<StepKind, KernelTimes>(StepKind.class);
      open.trained.forEach((kind, model) -> {
        model.traceKernels(times -> kernels.merge(kind, times, KernelTimes::plus));
        runs.get(kind).run();
        model.traceKernels(null);
      });
      return kernels;
    }
  }

  /** The models and rows that are measured; owns them. */
  private static final class Subjects implements AutoCloseable {
    private final Workload workload;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final Map<StepKind, ContrastiveModel> trained = new EnumMap<>(StepKind.class);
    private ContrastiveModel plain;
    private Dataset plainRows;

    private Subjects(Workload workload) {
      this.workload = workload;
    }

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
        case FORWARD -> new ForwardPass(plain, workload)::run;
        case TRAIN -> {
          trained.put(kind, plain);
          yield () -> fit(plain, plainRows, 1);
        }
        case DRO -> {
          var dro = owned(workload.droModel());
          var rows = owned(workload.dataset());
          trained.put(kind, dro);
          yield () -> fit(dro, rows, 1);
        }
        case WEIGHT_UPDATE -> owned(workload.weightUpdate())::run;
        case MATRIX_PRODUCT -> owned(new MatrixProduct())::run;
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

  /** Forward passes over the texts of one step after the other, the queries and passages of one width together. */
  private static final class ForwardPass {
    private final EncoderModel model;
    private final Workload workload;
    private long step;

    private ForwardPass(EncoderModel model, Workload workload) {
      this.model = model;
      this.workload = workload;
    }

    private void run() {
      var byWidth = new TreeMap<Integer, List<int[]>>();
      for (var matrix : workload.texts(step++)) {
        var rows = byWidth.computeIfAbsent(matrix.length(), width -> new ArrayList<>());
        for (int row = 0; row < matrix.rows(); row++) {
          int start = row * matrix.length();
          rows.add(Arrays.copyOfRange(matrix.ids(), start, start + matrix.lengths()[row]));
        }
      }
      byWidth.forEach((width, rows) -> TokenEncoding.DEFAULT.encode(
          model, TextKind.PASSAGE, rows.toArray(int[][]::new), 0, width));
    }
  }
}
