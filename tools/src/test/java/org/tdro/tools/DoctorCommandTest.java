package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.keras.Device;
import org.tdro.testing.Checkout;
import org.tensorflow.proto.ConfigProto;

class DoctorCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void useTheRepositorysConfiguration() {
    System.setProperty("tdro.configs", Checkout.path("configs").toString());
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err));
  }

  private static void assumeNoGpu() {
    assumeThat(Device.visible(ConfigProto.getDefaultInstance())).noneMatch(Device::isGpu);
  }

  @Test
  void aMachineThatRunsTheseTestsIsWell() {
    assertThat(run("doctor")).isZero();
    assertThat(out.toString())
        .contains("ok       Arrow", "ok       tokenizers", "ok       TensorFlow", "tensorflow 2.18")
        .containsPattern("products of 2048 x 2048: \\d+ GFLOP/s in fp32, \\d+ in bf16")
        .containsPattern("ok +devices +.*CPU:0")
        .endsWith("Everything that is needed works.\n");
  }

  @Test
  void aMissingGpuIsAProblemOnlyWhereItIsRequired() {
    assumeNoGpu();
    assertThat(run("doctor", "--require-gpu")).isEqualTo(1);
    assertThat(out.toString()).containsPattern("problem +GPU +TensorFlow sees none");
  }

  @Test
  void machinesReadJson() throws IOException {
    assertThat(run("doctor", "--json")).isZero();
    var json = new JsonMapper().readTree(out.toString());
    assertThat(json.get("ok").asBoolean()).isTrue();
    assertThat(json.get("findings").findValuesAsText("status")).doesNotContain("problem");
    assertThat(json.get("findings").findValue("fp32_gflops").asDouble()).isPositive();
  }

  @Test
  void helpHasExamples() {
    assertThat(run("doctor", "--help")).isZero();
    assertThat(out.toString()).contains("Examples:", "--require-gpu");
  }

  @Test
  void aRunThatWantsAGpuDoesNotStartWithoutOne(@TempDir Path folder) throws IOException {
    assumeNoGpu();
    SmallRuns.writeData(folder);
    var output = folder.resolve("run");
    assertThat(run(
            "train",
            "stage=reference",
            "data=" + folder.resolve("data"),
            "data.cache=" + folder.resolve("cache"),
            "output=" + output,
            "device.placement=gpu"))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("device.placement is gpu, but TensorFlow sees no GPU", "tdro doctor");
    assertThat(List.of(output, folder.resolve("cache"))).noneMatch(Files::exists);
  }
}
