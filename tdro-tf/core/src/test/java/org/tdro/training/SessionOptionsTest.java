package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tdro.config.ConfigException;
import org.tdro.keras.Device;
import org.tdro.training.config.DeviceConfig;
import org.tdro.training.config.DeviceConfig.Placement;
import org.tensorflow.proto.ConfigProto;

/** The options that section {@code device} passes to TensorFlow. */
class SessionOptionsTest {
  private static final DeviceConfig DEFAULT =
      new DeviceConfig(Placement.AUTO, List.of(), true, 0, 0, 0, true);

  @Test
  void theDefaultLeavesThreadsAndDevicesToTensorFlow() {
    var session = DEFAULT.session();
    assertThat(session.getInterOpParallelismThreads()).isZero();
    assertThat(session.getIntraOpParallelismThreads()).isZero();
    assertThat(session.getDeviceCountMap()).isEmpty();
    assertThat(session.getGpuOptions().getVisibleDeviceList()).isEmpty();
    assertThat(session.getGpuOptions().getPerProcessGpuMemoryFraction()).isZero();
    assertThat(session.getGpuOptions().getAllowGrowth()).isTrue();
    assertThat(session.getAllowSoftPlacement()).isTrue();
  }

  @Test
  void everySettingReachesTensorFlow() {
    var session =
        new DeviceConfig(Placement.AUTO, List.of(2, 0), false, 0.5, 3, 4, false).session();
    assertThat(session.getGpuOptions().getVisibleDeviceList()).isEqualTo("2,0");
    assertThat(session.getGpuOptions().getAllowGrowth()).isFalse();
    assertThat(session.getGpuOptions().getPerProcessGpuMemoryFraction()).isEqualTo(0.5);
    assertThat(session.getInterOpParallelismThreads()).isEqualTo(3);
    assertThat(session.getIntraOpParallelismThreads()).isEqualTo(4);
    assertThat(session.getAllowSoftPlacement()).isFalse();
  }

  @Test
  void placementOnTheCpuHidesTheGpus() {
    var session = new DeviceConfig(Placement.CPU, List.of(), true, 0, 0, 0, true).session();
    assertThat(session.getDeviceCountMap()).containsEntry("GPU", 0);
    assertThat(Device.visible(session)).isNotEmpty().noneMatch(Device::isGpu);
  }

  @Test
  void placementOnAGpuNeedsOne() {
    assumeThat(Device.visible(ConfigProto.getDefaultInstance())).noneMatch(Device::isGpu);
    var gpu = new DeviceConfig(Placement.GPU, List.of(), true, 0, 0, 0, true);
    assertThatThrownBy(() -> gpu.session())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("device.placement is gpu, but TensorFlow sees no GPU")
        .hasMessageContaining("tdro doctor");
  }
}
