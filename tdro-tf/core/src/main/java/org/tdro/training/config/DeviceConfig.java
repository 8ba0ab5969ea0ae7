package org.tdro.training.config;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.tdro.config.ConfigException;
import org.tdro.config.Incidental;
import org.tdro.io.Checks;
import org.tdro.keras.Device;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

/**
 * The devices and threads of TensorFlow.
 *
 * <p>{@code placement} and {@code intraOpThreads} decide the order in which floating-point sums are taken, and so the last bits of the
 * weights: they belong to the run. The others do not. The choice among several GPUs and the way their memory is taken affect no sum.
 * The threads between operations decide when an operation runs, not what it adds up, since a step's updates wait for all its
 * gradients. No operation of our graphs asks for a device, so soft placement moves none.
 *
 * <p>{@code auto} and 0 leave the choice to the machine: a run may be resumed on another machine, but gives the same bits only on one like
 * the first.
 *
 * @param placement kind of device that computes
 * @param visibleGpus numbers of the GPUs to use; empty for all. A process can use only one list
 * @param memoryGrowth whether GPU memory is taken as needed, rather than all at the start
 * @param memoryFraction the largest share of a GPU's memory to take; 0 for TensorFlow's choice
 * @param interOpThreads operations that run at the same time; 0 for TensorFlow's choice
 * @param intraOpThreads threads of one operation; 0 for TensorFlow's choice, one per processor. The first session of a process
 *     decides both numbers of threads for all
 * @param softPlacement whether an operation that a device lacks runs on another instead of failing
 */
public record DeviceConfig(
    Placement placement,
    @Incidental List<Integer> visibleGpus,
    @Incidental boolean memoryGrowth,
    @Incidental double memoryFraction,
    @Incidental int interOpThreads,
    int intraOpThreads,
    @Incidental boolean softPlacement) {

  /** The kinds of device that compute. */
  public enum Placement {
    /** The GPUs, if TensorFlow sees any, else the CPU. */
    AUTO,
    /** The CPU, even if there are GPUs. */
    CPU,
    /** The GPUs; without one, the run does not start. */
    GPU
  }

  public DeviceConfig {
    new Checks()
        .that(
            visibleGpus.stream().allMatch(gpu -> gpu >= 0)
                && new HashSet<>(visibleGpus).size() == visibleGpus.size(),
            "visibleGpus must be different numbers from 0, was " + visibleGpus)
        .fraction("memoryFraction", memoryFraction)
        .atLeast(0, "interOpThreads", interOpThreads)
        .atLeast(0, "intraOpThreads", intraOpThreads)
        .done();
  }

  /**
   * Returns TensorFlow's session options.
   *
   * @throws ConfigException if a GPU is asked for and TensorFlow sees none
   */
  public ConfigProto session() {
    var gpus = GPUOptions.newBuilder()
        .setAllowGrowth(memoryGrowth)
        .setPerProcessGpuMemoryFraction(memoryFraction)
        .setVisibleDeviceList(
            visibleGpus.stream().map(Object::toString).collect(Collectors.joining(",")));
    var session = ConfigProto.newBuilder()
        .setGpuOptions(gpus)
        .setInterOpParallelismThreads(interOpThreads)
        .setIntraOpParallelismThreads(intraOpThreads)
        .setAllowSoftPlacement(softPlacement);
    if (placement == Placement.CPU) {
      session.putDeviceCount("GPU", 0);
    }
    var options = session.build();
    if (placement == Placement.GPU && Device.visible(options).stream().noneMatch(Device::isGpu)) {
      throw new ConfigException(
          List.of(
              "device.placement is gpu, but TensorFlow sees no GPU: run `tdro doctor` to learn what is missing, or give device.placement=auto to compute on the CPU"));
    }
    return options;
  }
}
