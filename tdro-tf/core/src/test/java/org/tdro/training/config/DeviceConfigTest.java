package org.tdro.training.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceConfigTest {
  @Test
  void theDefaultLeavesTheChoiceToTensorFlow() {
    assertThat(Configs.compose("device=default").config().device())
        .isEqualTo(new DeviceConfig(DeviceConfig.Placement.AUTO, List.of(), true, 0, 0, 0, true));
  }

  @Test
  void valuesComeFromArguments() {
    var device = Configs.compose("device.memory-growth=false", "device.visible-gpus=[2, 0]")
        .config()
        .device();
    assertThat(device.memoryGrowth()).isFalse();
    assertThat(device.visibleGpus()).containsExactly(2, 0);
  }
}
