package org.tdro.keras;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A gradient through {@link Block}s (gradient checkpointing, Chen et al. 2016). It flows from the targets to the
 * outputs of blocks; then, from the last block to the first, the block is called again and its gradient taken there.
 */
final class CheckpointedGradient {
  private static final Set<String> BARRIERS = Set.of("StopGradient", "PreventGradient");

  /** A call of a block at which a plain gradient stops: {@code output = stopGradient(block(input))}. */
  record Block(
      Layer<TFloat32> block,
      CallContext context,
      Operand<TFloat32> input,
      Operand<TFloat32> output) {}

  /** The gradients of the targets, null where none flows: TensorFlow's, for sources that the targets depend on. */
  interface Plain {
    List<Operand<TFloat32>> of(
        List<Operand<TFloat32>> targets,
        List<Operand<TFloat32>> sources,
        List<Operand<TFloat32>> outputGradients);
  }

  private final Ops tf;
  private final List<Block> blocks;
  private final Plain plain;
  /** The gradients that have arrived at the sources and at the outputs of blocks. */
  private final Map<Output<?>, List<Operand<TFloat32>>> arrived = new LinkedHashMap<>();

  CheckpointedGradient(Ops tf, List<Block> blocks, Plain plain) {
    this.tf = tf.withSubScope("recompute");
    this.blocks = List.copyOf(blocks);
    this.plain = plain;
  }

  /** The gradients, one for each source; null for one to which none flows. */
  List<Operand<TFloat32>> of(
      List<Operand<TFloat32>> targets,
      List<Operand<TFloat32>> sources,
      List<Operand<TFloat32>> outputGradients) {
    blocks.forEach(block -> arrived.put(block.output().asOutput(), new ArrayList<>()));
    sources.forEach(source -> arrived.put(source.asOutput(), new ArrayList<>()));
    flow(targets, outputGradients);
    for (int i = blocks.size() - 1; i >= 0; i--) {
      var block = blocks.get(i);
      var outputGradient = arrivedAt(block.output());
      if (outputGradient != null) {
        through(block, outputGradient);
      }
    }
    var gradients = new ArrayList<Operand<TFloat32>>();
    sources.forEach(source -> gradients.add(arrivedAt(source)));
    return gradients;
  }

  private void through(Block block, Operand<TFloat32> outputGradient) {
    // Without the control dependency TensorFlow would merge the two calls, or make the second at
    // once; either way the activations would stay in memory.
    Operand<TFloat32> input = tf.withControlDependencies(List.of((Op) outputGradient))
        .identity(tf.stopGradient(block.input()));
    arrived.put(input.asOutput(), new ArrayList<>());
    flow(List.of(block.block().call(block.context().withTf(tf), input)), List.of(outputGradient));
    var inputGradient = arrivedAt(input);
    arrived.remove(input.asOutput());
    if (inputGradient != null) {
      flow(List.of(block.input()), List.of(inputGradient));
    }
  }

  /** Lets a gradient flow back to everything that waits for one and that it reaches without entering a block. */
  private void flow(List<Operand<TFloat32>> targets, List<Operand<TFloat32>> outputGradients) {
    var ancestors = ancestors(targets);
    var reached = new ArrayList<Operand<TFloat32>>();
    for (var output : arrived.keySet()) {
      if (ancestors.contains(output)) {
        reached.add(output.op().<TFloat32>output(output.index()));
      }
    }
    if (reached.isEmpty()) {
      return;
    }
    var gradients = plain.of(targets, reached, outputGradients);
    for (int i = 0; i < gradients.size(); i++) {
      if (gradients.get(i) != null) {
        arrived.get(reached.get(i).asOutput()).add(gradients.get(i));
      }
    }
  }

  private Operand<TFloat32> arrivedAt(Operand<TFloat32> value) {
    var parts = arrived.get(value.asOutput());
    return switch (parts.size()) {
      case 0 -> null;
      case 1 -> parts.get(0);
      default -> LookupGradient.joined(tf, tf.math.addN(parts));
    };
  }

  /**
   * Returns the values and all that they are computed from, as far as a gradient could flow: down to operations that stop
   * gradients, whose outputs are included.
   */
  private static Set<Output<?>> ancestors(List<? extends Operand<?>> values) {
    var found = new HashSet<Output<?>>();
    var open = new ArrayDeque<Output<?>>();
    values.forEach(value -> open.add(value.asOutput()));
    while (!open.isEmpty()) {
      var output = open.pop();
      if (!found.add(output) || BARRIERS.contains(output.op().type())) {
        continue;
      }
      var operation = (GraphOperation) output.op();
      for (int i = 0; i < operation.numInputs(); i++) {
        open.push(operation.input(i));
      }
    }
    return found;
  }
}
