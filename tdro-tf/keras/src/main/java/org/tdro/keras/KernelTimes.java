package org.tdro.keras;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.RunOptions;

/**
 * The time that each kind of kernel took on the processor, as TensorFlow traced it. Kernels run at the same time, so the sum may be
 * above the time of the run.
 *
 * @param kernels the longest first
 */
public record KernelTimes(List<Kernel> kernels) {
  private static final double NANOS_PER_MILLI = 1e6;

  private static final RunOptions TRACE = RunOptions.newBuilder()
      .setTraceLevel(RunOptions.TraceLevel.FULL_TRACE)
      .setOutputPartitionGraphs(true)
      .build();

  /**
   * All kernels of one kind.
   *
   * @param operation after TensorFlow's optimisation, as {@code _FusedMatMul[BiasAdd]}
   * @param count how many of them ran
   * @param millis their time, in ms
   */
  public record Kernel(String operation, long count, double millis) {
    private Kernel plus(Kernel other) {
      return new Kernel(operation, count + other.count, millis + other.millis);
    }
  }

  public KernelTimes {
    kernels = List.copyOf(kernels);
  }

  /** Does a run under TensorFlow's tracer, which slows it down, and tells what its kernels took. */
  static Result run(Session.Runner runner, Consumer<KernelTimes> listener) {
    var result = runner.setOptions(TRACE).runAndFetchMetadata();
    listener.accept(of(result.getMetadata().orElseThrow()));
    return result;
  }

  private static KernelTimes of(RunMetadata trace) {
    var operations = new HashMap<String, String>();
    for (var graph : trace.getPartitionGraphsList()) {
      graph.getNodeList().forEach(node -> operations.put(node.getName(), operation(node)));
    }
    var sums = new TreeMap<String, Kernel>();
    for (var device : trace.getStepStats().getDevStatsList()) {
      if (device.getDevice().contains("CPU")) {
        for (var node : device.getNodeStatsList()) {
          var name = node.getNodeName();
          var operation = operations.getOrDefault(name, name);
          double millis = (node.getOpEndRelNanos() - node.getOpStartRelNanos()) / NANOS_PER_MILLI;
          sums.merge(operation, new Kernel(operation, 1, millis), Kernel::plus);
        }
      }
    }
    return sorted(sums);
  }

  /** Returns the sums of these and others. */
  public KernelTimes plus(KernelTimes others) {
    var sums = new TreeMap<String, Kernel>();
    kernels.forEach(kernel -> sums.put(kernel.operation(), kernel));
    others.kernels.forEach(kernel -> sums.merge(kernel.operation(), kernel, Kernel::plus));
    return sorted(sums);
  }

  /** Returns the time of all kernels, in ms. */
  public double millis() {
    return kernels.stream().mapToDouble(Kernel::millis).sum();
  }

  private static KernelTimes sorted(Map<String, Kernel> sums) {
    return new KernelTimes(sums.values().stream()
        .sorted(Comparator.comparingDouble(Kernel::millis).reversed())
        .toList());
  }

  private static String operation(NodeDef node) {
    var fused = node.getAttrMap().get("fused_ops");
    return fused == null
        ? node.getOp()
        : node.getOp()
            + fused.getList().getSList().stream().map(op -> op.toStringUtf8()).toList();
  }
}
