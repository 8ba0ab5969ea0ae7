package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tensorflow.proto.ConfigProto;

class DeviceTest {
  @Test
  void aSessionHasACpu() {
    assertThat(Device.visible(ConfigProto.getDefaultInstance())).anySatisfy(device -> {
      assertThat(device.type()).isEqualTo("CPU");
      assertThat(device.name()).isEqualTo("/job:localhost/replica:0/task:0/device:CPU:0");
      assertThat(device.memoryBytes()).isPositive();
    });
  }

  @Test
  void optionsDecideWhatIsVisible() {
    var three = ConfigProto.newBuilder().putDeviceCount("CPU", 3).build();
    assertThat(Device.visible(three)).filteredOn(device -> !device.isGpu()).hasSize(3);
  }
}
