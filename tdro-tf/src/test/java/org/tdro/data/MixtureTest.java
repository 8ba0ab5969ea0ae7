package org.tdro.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixtureTest {
  @TempDir
  Path folder;

  private TrainingData data() {
    ImportedRows.write(folder.resolve("rows/a.jsonl"), ImportedRows.row("1", "x", 1, 0));
    ImportedRows.write(
        folder.resolve("rows/b.jsonl"),
        ImportedRows.row("1", "x", 1, 0),
        ImportedRows.row("2", "x", 1, 0),
        ImportedRows.row("3", "x", 1, 0));
    return ImportedRows.imported(folder, folder.resolve("rows"));
  }

  @Test
  void weightsAreDividedByTheirSum() {
    assertThat(new Mixture(Map.of("a", 3.0, "b", 1.0)).probabilities())
        .isEqualTo(Map.of("a", 0.75, "b", 0.25));
  }

  @Test
  void wrongWeightsAreAllNamed() {
    assertThatThrownBy(() -> new Mixture(Map.of("a", -0.1, "b", Double.NaN, "c", 1.0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("weight of domain a is -0.1")
        .hasMessageContaining("weight of domain b is NaN");
    assertThatThrownBy(() -> new Mixture(Map.of("a", 0.0))).isInstanceOf(DataException.class);
  }

  @Test
  void domainsThatAreNotNamedGetNothing() {
    try (var data = data()) {
      assertThat(new Mixture(Map.of("b", 1.0)).over(data)).containsExactly(0, 1);
    }
  }

  @Test
  void unknownDomainsAreNamed() {
    try (var data = data()) {
      assertThatThrownBy(() -> Mixture.uniform(List.of("a", "z")).over(data))
          .isInstanceOf(DataException.class)
          .hasMessage("domain z of the weights is unknown; the data have a, b");
    }
  }

  @Test
  void proportionalFollowsTheRows() {
    try (var data = data()) {
      assertThat(Mixture.proportional(data, Fold.ALL).over(data)).containsExactly(0.25, 0.75);
    }
  }
}
