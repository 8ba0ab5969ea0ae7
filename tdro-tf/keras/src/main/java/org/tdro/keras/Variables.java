package org.tdro.keras;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.DestroyResourceOp;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * The variables of one model in one graph, in the order in which they were added. A graph may hold several sets, each
 * under its own prefix: a model in training and the frozen one it is compared with, for example.
 */
public final class Variables {
  private static final long PART_BYTES = 256L << 20;

  private final Graph graph;
  private final String prefix;
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private final Map<Weight, Regularizer> regularizers = new LinkedHashMap<>();
  private final Map<Weight, Constraint> constraints = new LinkedHashMap<>();
  private final Set<String> frozenPaths = new HashSet<>();
  private final LayerScope scope = new LayerScope(this);
  private boolean closed;

  /** @param prefix prepended to the operation names of this set, not to the names of its weights; may be empty */
  public Variables(Graph graph, String prefix) {
    this.graph = graph;
    this.prefix = prefix;
  }

  /** The graph of the variables. */
  public Graph graph() {
    return graph;
  }

  /** Returns the place of layers: the root of all names. */
  public LayerScope scope() {
    return scope;
  }

  /** Adds a variable that training changes. */
  public Weight add(String name, Shape shape, Initializer initializer) {
    return create(name, shape, initializer, Weight.Role.TRAINED);
  }

  /** Adds a variable that is saved and restored but not trained: an optimizer's slot, a running mean, a counter. */
  public Weight addState(String name, Shape shape, Initializer initializer) {
    return create(name, shape, initializer, Weight.Role.STATE);
  }

  /** Refuses further variables, until {@link #open}. */
  void close() {
    closed = true;
  }

  /** Accepts further variables again. */
  void open() {
    closed = false;
  }

  /** Forgets {@code dropped} and frees their memory in {@code session}; their names are free for others. */
  void remove(Ops tf, Session session, Collection<Weight> dropped) {
    if (dropped.isEmpty()) {
      return;
    }
    var runner = session.runner();
    for (var weight : dropped) {
      weights.remove(weight.name());
      runner.addTarget(
          (Op) tf.destroyResourceOp(weight.handle(), DestroyResourceOp.ignoreLookupError(true)));
    }
    runner.run().close();
  }

  Weight create(String name, Shape shape, Initializer initializer, Weight.Role role) {
    if (closed) {
      throw new IllegalStateException("the variable " + name
          + " comes too late: the model's training step is built, and would not move it");
    }
    if (shape.hasUnknownDimension()) {
      throw new IllegalArgumentException(
          "the shape of variable " + name + " must be fully known, was " + shape);
    }
    if (weights.containsKey(name)) {
      throw new IllegalArgumentException("there is a variable named " + name + " already");
    }
    var fullName = unused(prefix + name);
    Operand<TType> handle = graph
        .opBuilder("VarHandleOp", fullName, graph.baseScope())
        .setAttr("dtype", DataType.DT_FLOAT)
        .setAttr("shape", shape)
        .setAttr("container", "")
        // Without a name of its own a variable would share the memory of all others without one.
        .setAttr("shared_name", fullName)
        .build()
        .<TType>output(0);
    Operand<TFloat32> value = graph
        .opBuilder("ReadVariableOp", fullName + "/value", graph.baseScope())
        .addInput(handle.asOutput())
        .setAttr("dtype", DataType.DT_FLOAT)
        .build()
        .<TFloat32>output(0);
    var weight = new Weight(name, shape, role, initializer, handle, value);
    weights.put(name, weight);
    return weight;
  }

  /** The name of an operation: a variable that was removed is still in the graph. */
  private String unused(String name) {
    var unused = name;
    for (int number = 1; graph.operation(unused) != null; number++) {
      unused = name + "_" + number;
    }
    return unused;
  }

  /** Adds a penalty on the values of {@code weight} to the loss of models. */
  public void regularize(Weight weight, Regularizer regularizer) {
    regularizers.put(weight, regularizer);
  }

  /** Keeps {@code weight} where {@code constraint} holds, after every update. */
  public void constrain(Weight weight, Constraint constraint) {
    constraints.put(weight, constraint);
  }

  /** The sum of all penalties; empty if there are none. */
  Optional<Operand<TFloat32>> penalty(Ops tf) {
    return regularizers.entrySet().stream()
        .map(entry -> entry.getValue().penalty(tf, entry.getKey().read(tf)))
        .reduce(tf.math::add);
  }

  /** Returns the constraint on {@code weight} after an update, if there is one. */
  Optional<Constraint> constraint(Weight weight) {
    return Optional.ofNullable(constraints.get(weight));
  }

  /** Every weight, in the order in which they were added. */
  public List<Weight> all() {
    return List.copyOf(weights.values());
  }

  /** The weights that training changes: those of layers that are not frozen. */
  public List<Weight> trainable() {
    return parameters().stream().filter(weight -> isTrainable(weight.name())).toList();
  }

  /** The weights of layers, those of layers that are frozen for now among them. */
  List<Weight> parameters() {
    return weights.values().stream().filter(Weight::trainable).toList();
  }

  /** Freezes the weights under {@code path}, or lets training change all of them. */
  void trainable(String path, boolean changes) {
    if (changes) {
      frozenPaths.removeIf(frozen -> covers(path, frozen));
    } else {
      frozenPaths.add(path);
    }
  }

  /** Whether nothing that is frozen covers {@code path}. */
  boolean isTrainable(String path) {
    return frozenPaths.stream().noneMatch(frozen -> covers(frozen, path));
  }

  private static boolean covers(String path, String inner) {
    return path.isEmpty() || inner.equals(path) || inner.startsWith(path + "/");
  }

  /** The weights that are saved with a model: all but the frozen ones. */
  public List<Weight> saved() {
    return weights.values().stream()
        .filter(weight -> weight.role() != Weight.Role.FROZEN)
        .toList();
  }

  /** The weights by name. */
  public Map<String, Weight> byName() {
    return Collections.unmodifiableMap(weights);
  }

  /**
   * Gives {@code weights} their initial values. The values depend on the seed and on each weight's name alone, so adding
   * a layer does not change the others.
   */
  public static void initialize(Ops tf, Session session, List<Weight> weights, long seed) {
    for (var part : parts(weights)) {
      initializeTogether(tf, session, part, seed);
    }
  }

  /** Weights in their order, some at a time: what is computed or read for one part takes memory beside the weights. */
  static List<List<Weight>> parts(List<Weight> weights) {
    var parts = new ArrayList<List<Weight>>();
    long room = 0;
    for (var weight : weights) {
      long bytes = weight.size() * Float.BYTES;
      if (parts.isEmpty() || bytes > room) {
        parts.add(new ArrayList<>());
        room = PART_BYTES;
      }
      parts.get(parts.size() - 1).add(weight);
      room -= bytes;
    }
    return parts;
  }

  private static void initializeTogether(Ops tf, Session session, List<Weight> weights, long seed) {
    var assignments = new ArrayList<Op>();
    for (var weight : weights) {
      var pair = tf.constant(new long[] {seed, hash(weight.name())});
      assignments.add(weight.assign(tf, weight.initializer().call(tf, weight.shape(), pair)));
    }
    var runner = session.runner();
    assignments.forEach(runner::addTarget);
    runner.run().close();
  }

  /** FNV-1a, 64 bits: stable across machines and versions, unlike {@link String#hashCode()}'s 32 bits it hardly collides. */
  static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
