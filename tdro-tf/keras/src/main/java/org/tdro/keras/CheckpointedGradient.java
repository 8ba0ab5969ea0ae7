package org.tdro.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A gradient through {@link CheckpointedBlock}s (gradient checkpointing, Chen et al. 2016). It flows from the targets to the
 * outputs of blocks; then, from the last block to the first, the block is called again and its gradient taken there.
 */
final class CheckpointedGradient {
  /** The gradients of the targets, null where none flows: TensorFlow's, for sources that the targets depend on. */
  interface Plain {
    List<Operand<TFloat32>> of(
        List<Operand<TFloat32>> targets,
        List<Operand<TFloat32>> sources,
        List<Operand<TFloat32>> outputGradients);
  }

  private final Ops tf;
  private final List<CheckpointedBlock> blocks;
  private final Plain plain;
  /** What has arrived at the sources and at the outputs of blocks. */
  private final Map<Output<?>, List<Operand<TFloat32>>> arrived = new LinkedHashMap<>();

  CheckpointedGradient(Ops tf, List<CheckpointedBlock> blocks, Plain plain) {
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

  private void through(CheckpointedBlock block, Operand<TFloat32> outputGradient) {
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
    var ancestors = Ancestors.of(targets);
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
}
