package org.tdro.keras;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients of the operations of a graph, by reverse-mode differentiation. A graph keeps every operation, so nothing but
 * the blocks of {@link CallContext#withCheckpointing} is recorded here; {@link #watch} marks what, other than variables, may be
 * differentiated against, and a gradient against anything else is refused rather than silently zero.
 */
public final class GradientTape {
  private static final Pattern WITHOUT_GRADIENT =
      Pattern.compile("No gradient defined for op: (\\w+)");

  private final Graph graph;
  private final Ops tf;
  private final Set<Output<?>> watched = new HashSet<>();
  private final List<CheckpointedGradient.Block> blocks = new ArrayList<>();
  private int calls;

  /** A tape over the graph of {@code tf}. */
  public GradientTape(Graph graph, Ops tf) {
    this.graph = graph;
    this.tf = tf;
  }

  /** The operations of the graph that is differentiated. */
  public Ops tf() {
    return tf;
  }

  /** Allows gradients against {@code operand}, an intermediate value; variables need no watching. */
  public <T extends Operand<TFloat32>> T watch(T operand) {
    watched.add(operand.asOutput());
    return operand;
  }

  /**
   * Calls a block whose activations are recomputed in the backward pass. What happens within blocks is known to this tape
   * alone, and gradients through them cannot be differentiated again.
   */
  Operand<TFloat32> record(Layer<TFloat32> block, CallContext context, Operand<TFloat32> x) {
    var y = context.tf().stopGradient(block.call(context, x));
    blocks.add(new CheckpointedGradient.Block(block, context, x, y));
    return y;
  }

  /** The gradient of the scalar {@code target} with respect to {@code source}, in its shape. */
  public Operand<TFloat32> gradient(Operand<TFloat32> target, Operand<TFloat32> source) {
    return gradient(target, List.of(source)).get(0);
  }

  /** The gradients of the scalar {@code target}, one for each source and in its shape. */
  public List<Operand<TFloat32>> gradient(
      Operand<TFloat32> target, List<Operand<TFloat32>> sources) {
    return gradient(List.of(target), sources, null);
  }

  /** The gradients of the scalar {@code target} with respect to the weights, one for each. */
  public List<Operand<TFloat32>> weightGradients(Operand<TFloat32> target, List<Weight> weights) {
    return gradient(target, weights.stream().map(Weight::value).toList());
  }

  /**
   * The product of the output gradients with the Jacobian of the targets.
   *
   * @param outputGradients one for each target, in its shape; null for ones
   * @throws IllegalArgumentException if a source is neither watched nor a variable, or no target depends on it
   */
  public List<Operand<TFloat32>> gradient(
      List<Operand<TFloat32>> targets,
      List<Operand<TFloat32>> sources,
      List<Operand<TFloat32>> outputGradients) {
    for (var source : sources) {
      var output = source.asOutput();
      if (!watched.contains(output) && !isVariable(output)) {
        throw new IllegalArgumentException(
            output.op().name() + " is not a variable: watch it to have its gradient");
      }
    }
    var upstream = outputGradients == null ? ones(targets) : outputGradients;
    var gradients = blocks.isEmpty()
        ? plain(targets, variables(sources), upstream)
        : partial(targets, sources, upstream);
    var absent = new ArrayList<Operand<TFloat32>>();
    for (int i = 0; i < sources.size(); i++) {
      if (gradients.get(i) == null) {
        absent.add(variables(sources).get(i));
      }
    }
    if (!absent.isEmpty()) {
      throw new IllegalArgumentException("no gradient of " + names(targets) + " with respect to "
          + names(absent) + ": only operations without a gradient lead there");
    }
    return gradients;
  }

  /** Returns the gradients as {@link #gradient(List, List, List)}, null for sources that no target depends on. */
  public List<Operand<TFloat32>> partial(
      List<Operand<TFloat32>> targets,
      List<Operand<TFloat32>> sources,
      List<Operand<TFloat32>> outputGradients) {
    return new CheckpointedGradient(tf, blocks, this::plain)
        .of(targets, variables(sources), outputGradients);
  }

  /** TensorFlow's gradients: null for a source behind stopGradient and the like. */
  private List<Operand<TFloat32>> plain(
      List<Operand<TFloat32>> targets,
      List<Operand<TFloat32>> sources,
      List<Operand<TFloat32>> outputGradients) {
    if (calls > 0) {
      SecondOrderGradients.register();
    }
    Output<?>[] gradients;
    try {
      gradients = graph.addGradients(
          tf.scope().makeOpName("gradients" + calls++),
          outputs(targets),
          outputs(sources),
          outputs(outputGradients));
    } catch (IllegalArgumentException
        | IllegalStateException
        | org.tensorflow.exceptions.TensorFlowException e) {
      throw new IllegalArgumentException(
          "no gradient of " + names(targets) + " with respect to " + names(sources) + ": "
              + reason(e),
          e);
    }
    var result = new ArrayList<Operand<TFloat32>>();
    for (var gradient : gradients) {
      try {
        result.add(LookupGradient.joined(tf, gradient.expect(TFloat32.class)));
      } catch (IllegalStateException noOperation) {
        result.add(null);
      }
    }
    return result;
  }

  /** Returns TensorFlow's message, or advice where an operation has no gradient. */
  private static String reason(RuntimeException refusal) {
    var missing = WITHOUT_GRADIENT.matcher(String.valueOf(refusal.getMessage()));
    if (!missing.find()) {
      return refusal.getMessage();
    }
    var operation = missing.group(1);
    var what = "TensorFlow has no gradient of the operation " + operation;
    int grad = operation.indexOf("Grad");
    return grad < 0
        ? what
        : what + ", which is the gradient of " + operation.substring(0, grad)
            + ": differentiate it only once, or use another activation or pooling";
  }

  /** Left to itself, TensorFlow takes ones by an operation that cannot be differentiated again. */
  private List<Operand<TFloat32>> ones(List<Operand<TFloat32>> targets) {
    var ones = new ArrayList<Operand<TFloat32>>();
    for (var target : targets) {
      ones.add(target.shape().isScalar() ? tf.constant(1f) : tf.onesLike(target));
    }
    return ones;
  }

  private static boolean isVariable(Output<?> output) {
    return output.op().type().equals("ReadVariableOp");
  }

  /** Sources with variables in the place of values that were read from them: the gradients of all their reads are added up. */
  private static List<Operand<TFloat32>> variables(List<Operand<TFloat32>> sources) {
    var variables = new ArrayList<Operand<TFloat32>>();
    for (var source : sources) {
      var operation = (GraphOperation) source.op();
      // The handle is a resource; its value and its gradient are floats.
      variables.add(
          isVariable(source.asOutput()) ? operation.input(0).op().<TFloat32>output(0) : source);
    }
    return variables;
  }

  private static Output<?>[] outputs(List<Operand<TFloat32>> operands) {
    return operands.stream().map(Operand::asOutput).toArray(Output<?>[]::new);
  }

  private static List<String> names(List<Operand<TFloat32>> operands) {
    return operands.stream().map(operand -> operand.op().name()).toList();
  }
}
