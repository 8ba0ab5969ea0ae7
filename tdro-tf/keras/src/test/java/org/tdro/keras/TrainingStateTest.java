package org.tdro.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingStateTest {
  @TempDir
  Path folder;

  /** Remembers whatever it is given. */
  private static final class Memory implements StatefulCallback {
    private Map<String, String> state;

    Memory(Map<String, String> state) {
      this.state = state;
    }

    @Override
    public Map<String, String> state() {
      return state;
    }

    @Override
    public void restore(Map<String, String> state) {
      this.state = state;
    }
  }

  @Test
  void callbacksOfOneClassGetTheirOwnStateBackWhateverItsText() throws IOException {
    var written = new TrainingState();
    var first = Map.of("key with\ttab", "line\nand \\ and \r");
    var second = Map.of("other", "");
    written.watch(List.of(new Memory(first), new Memory(second)));
    written.write(folder);

    var read = new TrainingState();
    var memories = List.of(new Memory(Map.of()), new Memory(Map.of()));
    read.read(folder);
    read.watch(List.copyOf(memories));
    assertThat(memories.get(0).state()).isEqualTo(first);
    assertThat(memories.get(1).state()).isEqualTo(second);
  }

  @Test
  void stepAndMeansAreReadAsTheyWereWritten() throws IOException {
    var written = new TrainingState();
    written.iterations(17);
    written.means().add(new Logs(Map.of("loss", 0.1), Map.of(), new Timings(8, 0.1, 1 / 3.0, 0)));
    written.means().add(new Logs(Map.of("loss", 0.2, "rare", 1 / 3.0), Map.of()));
    written.write(folder);

    var read = new TrainingState();
    read.read(folder);
    assertThat(read.iterations()).isEqualTo(17);
    assertThat(read.means().steps()).isEqualTo(2);
    assertThat(read.means().values()).isEqualTo(written.means().values());
    assertThat(read.means().timings()).isEqualTo(written.means().timings());
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    Files.writeString(folder.resolve("training.tsv"), "training\titerations\tmany\n");
    assertThatThrownBy(() -> new TrainingState().read(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("training.tsv is damaged");
  }
}
