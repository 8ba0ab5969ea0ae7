package org.tdro.keras.optimizers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.tdro.keras.Inputs;
import org.tdro.keras.LearningRateSchedule;
import org.tdro.keras.Optimizer;
import org.tdro.keras.Weight;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * An optimizer of tensorflow-framework. The operations that it adds to a graph for one weight are recorded once, in a graph of
 * their own, and repeated for every weight of the model in the order in which the framework added them: each reads what those
 * before it have written. So the framework's optimizer gets our learning rate schedule, clipping and accumulation, its
 * state is saved with the model, and its updates wait for all gradients and reads.
 *
 * <p>Left to itself the framework orders only a part: its Adam, for example, advances the powers of β before it uses them, so its
 * first step is 0.74 of the rate.
 */
public final class FrameworkOptimizer extends Optimizer {
  /** A marker learning rate, by which the constant that holds it is found. */
  private static final float MARK = 0.012345679f;

  private static final String WEIGHT = "weight";
  private static final String GRADIENT = "gradient";

  private final Recording recording;

  private FrameworkOptimizer(LearningRateSchedule schedule, Recording recording) {
    super(schedule);
    this.recording = recording;
  }

  /**
   * An optimizer with a constant rate.
   *
   * @param optimizer makes it from a graph and a learning rate, such as {@code Adamax::new}
   */
  public static FrameworkOptimizer of(
      double learningRate,
      BiFunction<Graph, Float, org.tensorflow.framework.optimizers.Optimizer> optimizer) {
    return of(LearningRateSchedule.constant(learningRate), optimizer);
  }

  /**
   * An optimizer with a rate for every update.
   *
   * @param optimizer makes it from a graph and a learning rate, such as {@code Adamax::new}
   * @throws IllegalArgumentException if it does not use its learning rate as it is
   */
  public static FrameworkOptimizer of(
      LearningRateSchedule schedule,
      BiFunction<Graph, Float, org.tensorflow.framework.optimizers.Optimizer> optimizer) {
    return new FrameworkOptimizer(schedule, Recording.of(optimizer));
  }

  /**
   * The update of one weight.
   *
   * @param nodes the operations in order
   * @param constants values of constants, {@code Float}, {@code Integer} or {@code Long}
   * @param slots initial values of variables by name
   */
  private record Recording(
      List<NodeDef> nodes, Map<String, Number> constants, Map<String, Slot> slots) {

    /** A variable of the optimizer: in the shape of the weight or a scalar. */
    private record Slot(boolean scalar, DataType type, float initial) {}

    static Recording of(
        BiFunction<Graph, Float, org.tensorflow.framework.optimizers.Optimizer> factory) {
      try (var graph = new Graph();
          var session = new Session(graph)) {
        var tf = Ops.create(graph);
        var shape = Shape.of(2);
        var weight = tf.withName(WEIGHT).variable(shape, TFloat32.class);
        var gradient = tf.withName(GRADIENT).placeholder(TFloat32.class, Placeholder.shape(shape));
        var last = factory
            .apply(graph, MARK)
            .applyGradients(
                List.of(new GradAndVar<>(gradient.asOutput(), weight.asOutput())), "update");
        try (var initial = TFloat32.tensorOf(shape)) {
          var value = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
          session
              .runner()
              .feed(value, initial)
              .addTarget(tf.assign(weight, value))
              .run()
              .close();
        }
        session.initialize();
        return read(graph, session, last.op().name());
      }
    }

    private static Recording read(Graph graph, Session session, String last) {
      var all = new LinkedHashMap<String, NodeDef>();
      graph.toGraphDef().getNodeList().forEach(node -> all.put(node.getName(), node));
      var needed = new HashSet<String>();
      collect(last, all, needed);
      var nodes =
          all.values().stream().filter(node -> needed.contains(node.getName())).toList();
      var constants = new HashMap<String, Number>();
      var slots = new LinkedHashMap<String, Slot>();
      for (var node : nodes) {
        if (node.getOp().equals("Const")) {
          constants.put(node.getName(), value(session, node));
        } else if (node.getOp().equals("VariableV2") && !node.getName().equals(WEIGHT)) {
          boolean scalar = node.getAttrOrThrow("shape").getShape().getDimCount() == 0;
          slots.put(
              node.getName(),
              new Slot(
                  scalar,
                  node.getAttrOrThrow("dtype").getType(),
                  value(session, node).floatValue()));
        }
      }
      if (!constants.containsValue(MARK)) {
        throw new IllegalArgumentException(
            "the optimizer does not use its learning rate as a constant, so no schedule can set it");
      }
      return new Recording(nodes, constants, slots);
    }

    private static void collect(String name, Map<String, NodeDef> all, Set<String> needed) {
      if (needed.add(name)) {
        all.get(name).getInputList().forEach(input -> collect(producer(input), all, needed));
      }
    }

    /** The value of a constant or variable, all elements of which are equal. */
    private static Number value(Session session, NodeDef node) {
      // Constants wait for the gradient.
      try (var gradient = TFloat32.tensorOf(Shape.of(2));
          var result =
              session.runner().feed(GRADIENT, gradient).fetch(node.getName()).run()) {
        var tensor = result.get(0);
        if (tensor instanceof TFloat32 floats) {
          return floats.scalars().iterator().next().getFloat();
        }
        return tensor instanceof TInt64 longs
            ? (Number) longs.getLong()
            : (Number) ((org.tensorflow.types.TInt32) tensor).getInt();
      }
    }
  }

  /** The name of the operation that an input of a node comes from. */
  private static String producer(String input) {
    var name = input.startsWith("^") ? input.substring(1) : input;
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  @Override
  public Operand<TFloat32> update(Ops tf, Weight weight, Operand<TFloat32> gradient, Rates rates) {
    return new Replay(tf, weight, gradient, rates).run();
  }

  /** Repeats the recording for one weight. */
  private final class Replay {
    private final Ops tf;
    private final Operand<TFloat32> gradient;
    private final Rates rates;
    private final Map<String, Weight> variables = new HashMap<>();
    private final Map<String, Operand<?>> values = new HashMap<>();
    /** The current values of variables; those of assigned ones are still to be written. */
    private final Map<String, Operand<?>> current = new HashMap<>();

    private final Set<String> assigned = new LinkedHashSet<>();
    private final List<Op> reads = new ArrayList<>();
    private final List<Op> writes = new ArrayList<>();

    Replay(Ops tf, Weight weight, Operand<TFloat32> gradient, Rates rates) {
      this.tf = tf;
      this.gradient = gradient;
      this.rates = rates;
      variables.put(WEIGHT, weight);
      recording
          .slots()
          .forEach((name, slot) -> variables.put(
              name,
              slot(
                  weight,
                  name.replace('-', '_'),
                  slot.scalar() ? Shape.scalar() : weight.shape(),
                  slot.initial())));
    }

    Operand<TFloat32> run() {
      for (var node : recording.nodes()) {
        switch (node.getOp()) {
          case "VariableV2", "NoOp" -> {}
          case "Placeholder" -> values.put(node.getName(), gradient);
          case "Const" ->
            values.put(node.getName(), constant(recording.constants().get(node.getName())));
          case "Assign" -> assign(node, value(node.getInput(1)));
          case "AssignAdd" -> assign(node, add(value(node.getInput(0)), value(node.getInput(1))));
          default -> {
            if (node.getOp().startsWith("Apply")) {
              apply(node);
            } else {
              values.put(node.getName(), build(node).output(0));
            }
          }
        }
      }
      var before = new ArrayList<>(reads);
      before.addAll(writes);
      var ordered = tf.withControlDependencies(before);
      for (var name : assigned) {
        writes.add(variables.get(name).assign(ordered, Inputs.asFloats(tf, current.get(name))));
      }
      return variables.get(WEIGHT).read(tf.withControlDependencies(writes));
    }

    private Operand<?> constant(Number value) {
      if (value instanceof Float number) {
        return number == MARK ? rates.learningRate(tf) : tf.constant(number);
      }
      return value instanceof Long number ? tf.constant(number) : tf.constant(value.intValue());
    }

    /** Returns the value of a node's input: for a variable, the value that earlier nodes have given it. */
    private Operand<?> value(String input) {
      var name = producer(input);
      if (!variables.containsKey(name)) {
        return values.get(name);
      }
      return current.computeIfAbsent(name, absent -> {
        var read = variables.get(name).read(tf);
        reads.add(read);
        var slot = recording.slots().get(name);
        return slot != null && slot.type() == DataType.DT_INT64
            ? tf.dtypes.cast(read, TInt64.class)
            : read;
      });
    }

    private void assign(NodeDef node, Operand<?> value) {
      var name = producer(node.getInput(0));
      current.put(name, value);
      assigned.add(name);
      values.put(node.getName(), value);
    }

    @SuppressWarnings("unchecked")
    private Operand<?> add(Operand<?> a, Operand<?> b) {
      return tf.math.add((Operand<TNumber>) a, (Operand<TNumber>) b);
    }

    /** One of TensorFlow's fused updates, in its form for resource variables, which come first among its inputs. */
    private void apply(NodeDef node) {
      var builder =
          tf.withControlDependencies(reads).scope().opBuilder("Resource" + node.getOp(), "update");
      boolean leading = true;
      for (var input : node.getInputList()) {
        if (input.startsWith("^")) {
          continue;
        }
        leading &= variables.containsKey(producer(input));
        builder.addInput(
            leading
                ? variables.get(producer(input)).handle().asOutput()
                : value(input).asOutput());
      }
      copyAttributes(node, builder);
      writes.add(new Written(builder.build()));
    }

    private org.tensorflow.GraphOperation build(NodeDef node) {
      var builder = tf.scope().opBuilder(node.getOp(), node.getOp());
      node.getInputList().stream()
          .filter(input -> !input.startsWith("^"))
          .forEach(input -> builder.addInput(value(input).asOutput()));
      copyAttributes(node, builder);
      return (org.tensorflow.GraphOperation) builder.build();
    }
  }

  private record Written(org.tensorflow.Operation op) implements Op {}

  private static void copyAttributes(NodeDef node, org.tensorflow.OperationBuilder builder) {
    node.getAttrMap().forEach((name, value) -> {
      if (name.startsWith("_")) {
        return;
      }
      if (value.getValueCase() == AttrValue.ValueCase.TYPE) {
        builder.setAttr(name, value.getType());
      } else if (value.getValueCase() == AttrValue.ValueCase.B) {
        builder.setAttr(name, value.getB());
      } else {
        throw new IllegalArgumentException(
            "attribute " + name + " of " + node.getOp() + " cannot be repeated");
      }
    });
  }
}
