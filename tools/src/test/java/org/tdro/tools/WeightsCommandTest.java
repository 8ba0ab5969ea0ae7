package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.testing.Shared;

class WeightsCommandTest {
  private final StringWriter err = new StringWriter();

  @TempDir
  Path folder;

  @Test
  void writesTheTrajectoryOfAScenario() throws IOException {
    var scenario = Shared.path("golden/tdro/paper.json");
    var output = folder.resolve("new/out.json");
    assertThat(run("replay", "--input", scenario.toString(), "--output", output.toString()))
        .isZero();
    var trajectory = new JsonMapper().readTree(output.toFile());
    assertThat(trajectory.fieldNames())
        .toIterable()
        .containsExactly("micro_batches", "updates", "final_files");
    assertThat(trajectory.get("updates")).hasSize(60);
    assertThat(trajectory.at("/updates/59/weights/5").floatValue())
        .isCloseTo(0.20556264f, within(2e-5f));
  }

  @Test
  void aMalformedScenarioIsBadDataAndWritesNothing() throws IOException {
    var scenario = Files.writeString(folder.resolve("scenario.json"), "{\"options\": 3}");
    assertThat(run("replay", "--input", scenario.toString(), "--output", folder + "/out.json"))
        .isEqualTo(3);
    assertThat(err.toString()).startsWith(scenario + ": options: ");
    assertThat(folder).isDirectoryNotContaining("glob:**/*out*");
  }

  @Test
  void withoutASubcommandItIsBadUsage() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).isEmpty();
  }

  private int run(String... arguments) {
    var all = Stream.concat(Stream.of("weights"), Stream.of(arguments)).toArray(String[]::new);
    return Main.run(all, new PrintWriter(new StringWriter()), new PrintWriter(err));
  }
}
