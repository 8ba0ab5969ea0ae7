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
 * <p>{@code placement} and {@code intraOpThreads} decide the order in which floating-point sums are taken, and with it the last bits
 * of what is learned: they belong to the run. The others do not. Which of several GPUs it is and how their memory is taken reach
 * no sum; the threads between operations choose when an operation runs, not what it adds up, since a step's updates wait for all
 * its gradients; and no operation of our graphs asks for a device, so that none is moved softly.
 *
 * <p>{@code auto} and 0 leave the choice to the machine: a run that is resumed on another machine is the same run, but the same to the
 * last bit only on a machine like the first.
 *
 * @param placement on what to compute
 * @param visibleGpus the GPUs to use, by number; empty for all. One process can use only one list
 * @param memoryGrowth whether GPU memory is taken as needed, rather than all at the start
 * @param memoryFraction the largest share of a GPU's memory to take; 0 for TensorFlow's choice
 * @param interOpThreads operations that run at once; 0 for TensorFlow's choice
 * @param intraOpThreads threads of one operation; 0 for TensorFlow's choice, one a processor. The first session of a process
 *     decides for all, for both kinds of threads
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

  /** On what to compute. */
  public enum Placement {
    /** GPUs if TensorFlow sees any, else the CPU. */
    AUTO,
    /** The CPU, whatever else there is. */
    CPU,
    /** GPUs; without one the run does not start. */
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
