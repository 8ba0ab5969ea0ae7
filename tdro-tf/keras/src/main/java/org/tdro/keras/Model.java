package org.tdro.keras;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * A model with Keras' methods. A subclass has layers as fields and says in {@link #call} how outputs follow from inputs;
 * {@link #trainStep} may be replaced whole. The graph, the session and every operand stay reachable.
 *
 * <p>Owns its graph and session, which {@link #close} frees. The constructor opens neither: they are opened when they are
 * first used, so a subclass may check its arguments, and throw. Layers that need a place for their weights are made in
 * {@link #build}. Not thread-safe.
 */
public abstract class Model implements AutoCloseable {
  /** Rows of a batch where the caller does not say how many. */
  private static final int PREDICTED_ROWS = 256;

  private final long seed;
  private final ConfigProto config;
  private final InputPlaceholders inputs = new InputPlaceholders();
  private final List<Optimizer> optimizers = new ArrayList<>();
  private ModelGraph opened;
  private boolean built;

  private Compilation compiled = new Compilation(null, null, List.of());
  private Operand<TFloat32> outputs;
  private Execution execution = Execution.direct();
  private Execution.Builder building;
  private Checkpoint checkpoint;
  private final TrainingState state = new TrainingState();
  private long traceEverySteps;
  private Consumer<KernelTimes> kernelListener;
  private boolean logsGradientNorm;
  private volatile Ending ending = Ending.NONE;

  /** Why fit is to end after the current step. */
  private enum Ending {
    NONE,
    STOPPED,
    FINISHED
  }

  /**
   * Returns a model that is a graph of layers.
   *
   * @param inputs all that {@code output} depends on
   * @param output what layers make of them
   */
  public static Model of(List<Input> inputs, SymbolicTensor output) {
    return of(0, inputs, output);
  }

  /** The same with a seed of initial weights and dropout other than 0. */
  public static Model of(long seed, List<Input> inputs, SymbolicTensor output) {
    return new FunctionalModel(seed, inputs, output);
  }

  /** A model whose initial weights and dropout follow from {@code seed}. */
  protected Model(long seed) {
    this(seed, ConfigProto.getDefaultInstance());
  }

  /** A model with TensorFlow's session options, such as threads, devices or the graph rewriter's. */
  protected Model(long seed, ConfigProto config) {
    this.seed = seed;
    this.config = config;
  }

  /** The inputs, labels among them. */
  public abstract List<InputSpec> inputs();

  /**
   * Creates layers that need a place for their weights; called once, before anything else is added to the graph. By
   * default, does nothing: layers create their weights when {@link #call} first uses them.
   */
  protected void build(LayerScope scope) {}

  /**
   * Returns the outputs, the first axis of which is the batch; called once for training and once for inference.
   *
   * @param context whether this is training, and what else layers need to know
   */
  protected abstract Operand<TFloat32> call(CallContext context, Inputs inputs);

  /**
   * Describes one training step: by default, minimises the compiled loss over the trainable weights.
   *
   * @param context for training
   */
  protected TrainStep trainStep(CallContext context, GradientTape tape, Inputs batch) {
    var prediction = call(context, batch);
    var objective = compiled.objective(tf(), variables(), batch, prediction);
    if (variables().trainable().isEmpty()) {
      throw new IllegalStateException(
          "there is nothing to train: the model has no weights, or all of its layers are frozen");
    }
    return compiled
        .report(tf(), batch, prediction, objective)
        .minimize(variables().trainable(), objective);
  }

  /**
   * Describes how one batch is evaluated: by default, logs the compiled loss and measures the compiled metrics. Logs must
   * be scalars that are means over rows.
   *
   * @param context for inference
   * @return a step that minimises and assigns nothing
   */
  protected TrainStep testStep(CallContext context, Inputs batch) {
    if (!compiled.hasLoss()) {
      throw new IllegalStateException(
          "compile the model with a loss, or override testStep, before it is evaluated");
    }
    requireOutputs();
    var objective = compiled.objective(tf(), variables(), batch, outputs);
    return compiled.report(tf(), batch, outputs, objective);
  }

  /**
   * Returns the vectors of rows of the batch, as the model's {@link Execution} provides them; for use in {@link #trainStep}.
   *
   * @param inputs names of the inputs whose rows are encoded
   * @return {@code [batch, dimension]}
   */
  protected final Operand<TFloat32> encode(
      CallContext context, RowEncoder encoder, String... inputs) {
    if (building == null) {
      throw new IllegalStateException("a batch is encoded by the execution of a training step");
    }
    return building.encode(context, encoder, List.of(inputs));
  }

  /** Sets how training steps are executed, before the first {@link #fit}; by default in one run of the graph each. */
  public final void execution(Execution execution) {
    if (compiled.training().isPresent()) {
      throw new IllegalStateException(
          "the model was trained already; its execution is set before, or after the next compile");
    }
    this.execution = execution;
  }

  /**
   * Sets what {@link #fit} minimises and how, and which metrics it reports. May be called again after {@link #fit}, to train
   * other layers, by another rule or by a schedule that begins anew: see {@link #compile(Optimizer)}.
   */
  public void compile(Optimizer optimizer, Loss loss, Metric... metrics) {
    compile(new Compilation(optimizer, loss, List.of(metrics)));
  }

  /**
   * Sets the optimizer of a model whose {@link #trainStep} has its own loss.
   *
   * <p>After {@link #fit}, the weights and {@link #iterations} stay and the optimizer begins anew: its slots are at their
   * initial values, and its learning rate and bias correction count updates from here, also in a model that is saved
   * and loaded. The slots of the optimizer before are dropped. The step is described again, by {@link #trainStep}, and added to
   * the graph; what the earlier one added stays there, unused.
   *
   * @throws IllegalStateException if {@code optimizer} was trained with already
   */
  public void compile(Optimizer optimizer) {
    compile(new Compilation(optimizer, null, List.of()));
  }

  private void compile(Compilation next) {
    var optimizer = next.optimizer().orElseThrow();
    if (optimizer.isBuilt()) {
      throw new IllegalStateException(
          "an optimizer belongs to one compile of one model: make a new one");
    }
    compiled
        .optimizer()
        .filter(optimizers::remove)
        .ifPresent(earlier -> opened().remove(earlier.slots()));
    // The labels of the next loss may be of another type.
    var declared = inputs().stream().map(InputSpec::name).toList();
    compiled
        .labels()
        .map(InputSpec::name)
        .filter(name -> !declared.contains(name))
        .ifPresent(inputs::remove);
    state.compiled();
    compiled = next;
  }

  /**
   * Trains. Continues after the last step of the model: one that was loaded at step 300 runs the steps after it.
   *
   * <p>When it throws, the weights may be those of a step that is not complete: load a checkpoint before going on.
   *
   * @return the logs of every epoch that ended in this call
   */
  public History fit(Dataset dataset, FitOptions options) {
    optimizer();
    ending = Ending.NONE;
    return new FitLoop(this, dataset, options).run();
  }

  /** Returns what {@link #testStep} reports, over the rows of one pass over {@code dataset}. */
  public Logs evaluate(Dataset dataset) {
    if (compiled.evaluation().isEmpty()) {
      compiled.evaluation(new EvaluationProgram(this, testStep(context(false), symbolicInputs())));
    }
    return compiled.evaluation().orElseThrow().run(dataset);
  }

  /** The outputs for one batch, {@code [batch, ...]}; the caller closes both. Needs only the inputs that {@link #call} uses. */
  public TFloat32 predict(Batch batch) {
    requireOutputs();
    return predict(outputs, batch);
  }

  /**
   * Returns the outputs for {@code x}, {@code [rows, ...]}, of a model whose first input is floats; each row in row-major
   * order.
   */
  public float[][] predict(float[][] x) {
    if (x.length == 0) {
      return new float[0][];
    }
    return predict(Dataset.of(Map.of(inputs().get(0).name(), x)).batch(PREDICTED_ROWS));
  }

  /** The same for a model whose first input is integers, such as ids. */
  public float[][] predict(int[][] x) {
    if (x.length == 0) {
      return new float[0][];
    }
    return predict(Dataset.of(Map.of(inputs().get(0).name(), x)).batch(PREDICTED_ROWS));
  }

  /**
   * Returns the outputs for one pass over {@code dataset}, each row in row-major order. Labels are not needed, and left aside where
   * there are some.
   */
  public float[][] predict(Dataset dataset) {
    requireOutputs();
    var names = inputs().stream().map(InputSpec::name).toList();
    var rows = new ArrayList<float[]>();
    long batches = EvaluationProgram.length(dataset);
    for (long index = 0; index < batches; index++) {
      try (var batch = dataset.batch(index)) {
        var runner = session().runner();
        feed(runner, batch, names);
        try (var fetched = runner.fetch(outputs).run()) {
          var values = StepLogs.floats((TFloat32) fetched.get(0));
          int width = values.length / batch.rows();
          for (int at = 0; at < values.length; at += width) {
            rows.add(Arrays.copyOfRange(values, at, at + width));
          }
        }
      }
    }
    return rows.toArray(float[][]::new);
  }

  /** The value of {@code output} of the graph for one batch; the caller closes both. */
  public final TFloat32 predict(Operand<TFloat32> output, Batch batch) {
    // The result is handed over, so only it is fetched and nothing else needs closing.
    return (TFloat32) feed(batch).fetch(output).run().get(0);
  }

  /** Computes an output for a batch once under TensorFlow's tracer, and tells what its kernels took. */
  public final void trace(Operand<TFloat32> output, Batch batch, Consumer<KernelTimes> listener) {
    KernelTimes.run(feed(batch).fetch(output), listener).close();
  }

  /** A run that is fed with all of a batch and with no step. */
  final Session.Runner feed(Batch batch) {
    var runner = session().runner();
    feed(runner, batch);
    return runner;
  }

  /**
   * Feeds every input that {@code batch} has.
   *
   * @throws IllegalArgumentException naming an input that the model does not have, or whose type or shape is another
   */
  final void feed(Session.Runner runner, Batch batch) {
    feed(runner, batch, batch.tensors().keySet());
  }

  private void feed(Session.Runner runner, Batch batch, Collection<String> names) {
    addInputs();
    inputs.feed(runner, batch, names);
  }

  /** A table of the weights, their shapes and counts. */
  public String summary() {
    requireWeights();
    return Summary.of(getClass().getSimpleName(), variables());
  }

  /**
   * Writes weights, optimizer slots and the position in training into {@code folder}, replacing what was there only once all
   * is written.
   *
   * @throws IllegalStateException naming a trainable weight that is not finite; nothing is written then
   * @throws IllegalArgumentException if the folder holds anything that no model was saved as; nothing is deleted then
   */
  public void save(Path folder) {
    requireSlots();
    ModelFolder.save(this, folder);
  }

  /**
   * Checks that {@link #save} may replace {@code folder}: before work whose result it is to take.
   *
   * @throws IllegalArgumentException if the folder holds anything that no model was saved as
   */
  public static void checkSavable(Path folder) {
    ModelFolder.requireOwn(folder);
  }

  /** Whether {@code folder} holds a model that {@link #save} wrote. */
  public static boolean isSaved(Path folder) {
    return TrainingState.in(folder);
  }

  /** Restores what {@link #save} wrote; training continues after its step. */
  public void load(Path folder) {
    requireSlots();
    ModelFolder.load(this, folder);
  }

  /**
   * Measures how long the update of the weights takes at the end of a step, from a trace of TensorFlow's profiler in the
   * first step and every so many: {@link Timings#updateSeconds}. By default nothing is traced.
   *
   * @param everySteps 0 for never
   */
  public final void traceUpdates(long everySteps) {
    if (everySteps < 0) {
      throw new IllegalArgumentException("must be at least 0, was " + everySteps);
    }
    traceEverySteps = everySteps;
  }

  /** Steps from one trace of the update to the next; 0 for none. */
  final long traceEverySteps() {
    return traceEverySteps;
  }

  /**
   * Tells what the kernels took of every run of a step, a micro-batch, that is one run of the graph; steps in chunks are not traced. Tracing
   * slows steps down.
   *
   * @param listener null for no more tracing
   */
  public final void traceKernels(Consumer<KernelTimes> listener) {
    kernelListener = listener;
  }

  /** Who is told what kernels took; null for nobody. */
  final Consumer<KernelTimes> kernelListener() {
    return kernelListener;
  }

  /**
   * Logs the norm of the gradient of every step: {@link Logs#GRADIENT_NORM}. An optimizer that clips by this norm has it at no further cost; else
   * it takes a pass over all gradients. By default it is not logged.
   */
  public final void logGradientNorm(boolean on) {
    logsGradientNorm = on;
  }

  /** Returns whether steps log the norm of their gradient. */
  public final boolean logsGradientNorm() {
    return logsGradientNorm;
  }

  /** Writes the weights of layers alone, frozen ones too, into {@code folder}, which must exist. */
  public void saveWeights(Path folder) {
    requireWeights();
    new Checkpoint(tf(), session(), variables().parameters()).save(folder);
  }

  /** Restores the weights of layers alone, into a model that starts anew. */
  public void loadWeights(Path folder) {
    requireWeights();
    new Checkpoint(tf(), session(), variables().parameters()).restore(folder);
  }

  /**
   * Asks {@link #fit} to end after the current step, to be resumed another time: what it resumes from is kept. May be called from any thread.
   */
  public final void stopTraining() {
    if (ending == Ending.NONE) {
      ending = Ending.STOPPED;
    }
  }

  /** Ends {@link #fit} after the current step for good, as early stopping does. */
  public final void finishTraining() {
    ending = Ending.FINISHED;
  }

  /** Whether the last {@link #fit} took all its steps or was ended for good, rather than stopped or failed. */
  public final boolean isTrainingFinished() {
    return ending == Ending.FINISHED;
  }

  /** Updates done since the model was made, the ones before it was saved and loaded included. */
  public final long iterations() {
    return state.iterations();
  }

  /** Updates that {@code used} has done: since the last compile, if the model was compiled with it. */
  final long updates(Optimizer used) {
    boolean restarted =
        compiled.optimizer().filter(optimizer -> optimizer == used).isPresent();
    return restarted ? state.iterations() - state.compiledAt() : state.iterations();
  }

  /** The optimizer it was compiled with. */
  public final Optimizer optimizer() {
    return compiled
        .optimizer()
        .orElseThrow(() ->
            new IllegalStateException("compile the model with an optimizer before it is trained"));
  }

  /** The variables of the layers that are built, and of the optimizer. */
  public final Variables variables() {
    if (!built) {
      built = true;
      var scope = opened().variables().scope();
      // Automatic names follow from the order of calls in inference, whatever a step calls first.
      scope.beforeFirstName(this::requireOutputs);
      build(scope);
    }
    return opened().variables();
  }

  /** The graph, for what this class does not offer. */
  public final Graph graph() {
    return opened().graph();
  }

  /** Operations of the graph. */
  public final Ops tf() {
    return opened().tf();
  }

  /** The session in which every variable added so far has its value. */
  public final Session session() {
    variables();
    return opened().session();
  }

  /** The position in training, for steps and layers that depend on it. */
  public final StepCounter counter() {
    return opened().counter();
  }

  /** Returns a context in single precision for calling layers of this model. */
  public final CallContext context(boolean training) {
    return CallContext.training(tf(), seed, counter())
        .withScope(variables().scope())
        .withTraining(training);
  }

  private ModelGraph opened() {
    if (opened == null) {
      opened = new ModelGraph(seed, config);
    }
    return opened;
  }

  /** The seed of initial weights and dropout. */
  public final long seed() {
    return seed;
  }

  /** Lets a custom step use a further optimizer: its learning rate is fed with every step, its slots are saved. */
  protected final void register(Optimizer further) {
    further.build(tf(), variables());
    optimizers.add(further);
  }

  @Override
  public void close() {
    if (opened != null) {
      opened.close();
    }
  }

  /** The placeholder of every input. */
  protected final Inputs symbolicInputs() {
    addInputs();
    return inputs.operands();
  }

  private void addInputs() {
    inputs().forEach(spec -> inputs.add(tf(), spec));
    compiled.labels().ifPresent(spec -> inputs.add(tf(), spec));
  }

  final Compilation compiled() {
    return compiled;
  }

  /** Returns the training step, which is described where it was not yet. */
  final TrainingProgram training() {
    if (compiled.training().isPresent()) {
      compiled.requireTrained(variables().trainable());
    } else {
      register(optimizer());
      var tape = new GradientTape(graph(), tf());
      var context = context(true);
      building = execution.begin(this, tape, symbolicInputs());
      var step = trainStep(context, tape, symbolicInputs());
      context.assignments().forEach(step::assign);
      step.measureInto(state.means());
      compiled.training(building.program(step), variables().trainable());
      variables().close();
    }
    return compiled.training().orElseThrow();
  }

  /** Adds all that is saved: the weights and, of a compiled model that can be trained, the slots of the optimizer. */
  private void requireSlots() {
    requireWeights();
    if (compiled.training().isEmpty()
        && compiled.optimizer().isPresent()
        && !variables().trainable().isEmpty()) {
      training();
    }
  }

  private void requireWeights() {
    if (compiled.training().isEmpty()) {
      requireOutputs();
    }
  }

  /** The outputs in inference, {@code [batch, ...]}, for what this class does not offer. */
  public final Operand<TFloat32> outputs() {
    requireOutputs();
    return outputs;
  }

  /** Adds the forward pass for inference to the graph; layers are built then. */
  private void requireOutputs() {
    if (outputs == null) {
      variables().scope().beforeFirstName(() -> {});
      // The identity, because an input cannot be fed and fetched in one run.
      outputs = tf().identity(call(context(false), symbolicInputs()));
    }
  }

  final Checkpoint checkpoint() {
    var saved = variables().saved();
    // Variables are still added after a first save: by compile, by a custom step.
    if (checkpoint == null || !checkpoint.weights().equals(saved)) {
      checkpoint = new Checkpoint(tf(), session(), saved);
    }
    return checkpoint;
  }

  final List<Optimizer> optimizers() {
    return optimizers;
  }

  final boolean stopped() {
    return ending != Ending.NONE;
  }

  final TrainingState state() {
    return state;
  }

  /**
   * Sets weights by {@code loading}, which gets the session. Those in {@code loaded} get no initial values before: computing them
   * would take memory that {@code loading} needs.
   */
  protected final void initialize(Collection<Weight> loaded, Consumer<Session> loading) {
    variables();
    opened().initialize(loaded, loading);
  }
}
