package org.tdro.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.mixing.WeightsFile.DomainSize;
import org.tdro.mixing.WeightsFile.DomainWeight;
import org.tdro.testing.Shared;

class WeightsFileTest {
  private static final WeightsFile MIXTURE = new WeightsFile(List.of(
      new DomainWeight(new DomainSize("nq", 30), 0.25),
      new DomainWeight(new DomainSize("Fever", 10), 0.75)));

  @TempDir
  Path folder;

  @Test
  void whatIsWrittenIsRead() {
    MIXTURE.write(folder.resolve("curr_weights.json"));
    assertThat(WeightsFile.read(folder.resolve("curr_weights.json"))).isEqualTo(MIXTURE);
    assertThat(folder.toFile().list()).containsExactly("curr_weights.json");
  }

  @Test
  void epochIsHowOftenARowIsSeenInOnePassOverAllRows() {
    assertThat(MIXTURE.content().epoch())
        .containsEntry("nq", 0.25 * 40 / 30)
        .containsEntry("Fever", 3.0);
  }

  @Test
  void aPublishedFileIsReadInTheOrderOfItsIds() throws IOException {
    var golden = new JsonMapper().readTree(Shared.path("golden/tdro/paper.json").toFile());
    var file = folder.resolve("top50_weights.json");
    Files.writeString(file, golden.at("/final_files/top50_weights.json").toString());
    var names = WeightsFile.read(file).domains().stream().map(DomainWeight::name);
    assertThat(names).containsExactly("trivia", "fever", "msmarco");
  }

  @Test
  void weightsAreFoundByNameWhateverTheIds() throws IOException {
    var file = write("{\"a\": 1, \"B\": 0}", "{\"a\": 0.2, \"B\": 0.8}");
    assertThat(WeightsFile.read(file).weightsOf(List.of("B", "a"))).containsExactly(0.8, 0.2);
  }

  @Test
  void weightsThatDoNotSumToOneAreDividedByTheirSum() throws IOException {
    var file = write("{\"a\": 0, \"B\": 1}", "{\"a\": 1, \"B\": 3}");
    assertThat(WeightsFile.read(file).weightsOf(List.of("a", "B"))).containsExactly(0.25, 0.75);
  }

  @Test
  void aFileByHandNeedsNoMoreThanWeights() throws IOException {
    var file = Files.writeString(
        folder.resolve("my_weights.json"), "{\"domain_weights\": {\"b\": 1, \"a\": 3}}");
    var read = WeightsFile.read(file);
    assertThat(read.weightsOf(List.of("a", "b"))).containsExactly(0.75, 0.25);
    assertThat(read.domains()).extracting(DomainWeight::name).containsExactly("b", "a");
  }

  @Test
  void keysOfNoMeaningAreNamed() throws IOException {
    var file = Files.writeString(
        folder.resolve("my_weights.json"),
        "{\"domain_weights\": {\"b\": 1}, \"sizes\": {\"b\": 3}, \"epoch\": {\"b\": 1}}");
    assertThat(Json.read(file, WeightsFile.Content.class).others()).containsOnlyKeys("sizes");
    assertThat(WeightsFile.read(file).domains()).hasSize(1);
  }

  @Test
  void weightsThatAreMissingOrTooLargeAreRefused() throws IOException {
    var missing = Files.writeString(folder.resolve("missing.json"), "{\"size\": {\"b\": 3}}");
    assertThatThrownBy(() -> WeightsFile.read(missing))
        .hasMessage(missing + ": domain_weights: is missing, or null");
    var large = write("{\"a\": 0, \"B\": 1}", "{\"a\": 1e308, \"B\": 1.2e308}");
    assertThatThrownBy(() -> WeightsFile.read(large)).hasMessageContaining("too large");
  }

  @Test
  void allProblemsAreToldWithFileAndDomain() throws IOException {
    var file = write("{\"a\": 0, \"c\": 0}", "{\"a\": -0.5, \"B\": NaN}");
    assertThatThrownBy(() -> WeightsFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file + ": domain a must have a weight of at least 0, has -0.5")
        .hasMessageContaining(file + ": domain B must have a weight of at least 0, has NaN")
        .hasMessageContaining(file + ": domain B has no id")
        .hasMessageContaining(file + ": domain c must have a size of at least 1, has null")
        .hasMessageContaining("domain_ids has the same id twice");
  }

  @Test
  void aFileWithoutWeightsIsRefused() throws IOException {
    var file = Files.writeString(folder.resolve("w.json"), "{\"domain_ids\": {}, \"size\": {}}");
    assertThatThrownBy(() -> WeightsFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": domain_weights: ");
  }

  @Test
  void unknownAndMissingDomainsAreAllListed() {
    assertThatThrownBy(() -> MIXTURE.weightsOf(List.of("nq", "x", "y")))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("domain Fever has a weight", "domain x of", "domain y of");
  }

  @Test
  void aSelectionMayLeaveDomainsOut() {
    assertThat(MIXTURE.selectionFrom(List.of("x", "nq", "Fever"))).containsExactly(0.0, 0.25, 0.75);
    assertThatThrownBy(() -> MIXTURE.selectionFrom(List.of("x", "nq")))
        .hasMessageContaining("domain Fever has a weight, but the data have no such domain");
  }

  private Path write(String ids, String weights) throws IOException {
    var text = "{\"domain_ids\": %s, \"domain_weights\": %s, \"size\": {\"a\": 1, \"B\": 2}}";
    return Files.writeString(folder.resolve("weights.json"), text.formatted(ids, weights));
  }

  @Test
  void aSelectionKeepsTheDomainsOfLargestWeightUniformly() {
    var selected = mixture(0.1f, 0.4f, 0.2f, 0.3f).top(70);
    assertThat(selected.domains())
        .containsExactly(
            new DomainWeight(new DomainSize("d1", 2), 0.5),
            new DomainWeight(new DomainSize("d3", 4), 0.5));
  }

  @Test
  void equalWeightsKeepTheirOrderInASelection() {
    var selected = mixture(0.25f, 0.25f, 0.25f, 0.25f).top(50);
    assertThat(selected.domains()).extracting(DomainWeight::name).containsExactly("d0", "d1");
  }

  @Test
  void aSelectionKeepsAtLeastOneDomain() {
    assertThat(mixture(0.5f, 0.3f, 0.2f).top(33).domains())
        .extracting(DomainWeight::weight)
        .containsExactly(1.0);
  }

  @Test
  void theDomainsAboveTheLargestRelativeGapAreKeptUniformly() {
    // .5 / .3 < .3 / .15 < .15 / .05
    assertThat(mixture(0.15f, 0.5f, 0.05f, 0.3f).aboveLargestGap().domains())
        .containsExactly(
            new DomainWeight(new DomainSize("d1", 2), 1.0 / 3),
            new DomainWeight(new DomainSize("d3", 4), 1.0 / 3),
            new DomainWeight(new DomainSize("d0", 1), 1.0 / 3));
  }

  @Test
  void ofEqualGapsTheOneThatKeepsMoreDomainsCounts() {
    assertThat(mixture(0.5f, 0.25f, 0.125f, 0.125f).aboveLargestGap().domains())
        .extracting(DomainWeight::name)
        .containsExactly("d0", "d1");
  }

  @Test
  void withoutAGapAllDomainsAreKept() {
    assertThat(mixture(0.25f, 0.25f, 0.25f, 0.25f).aboveLargestGap().domains()).hasSize(4);
    assertThat(mixture(1f).aboveLargestGap().domains()).hasSize(1);
  }

  @Test
  void aWeightOfZeroIsBelowAnyOther() {
    assertThat(mixture(0.9f, 0.1f, 0f, 0f).aboveLargestGap().domains())
        .extracting(DomainWeight::name)
        .containsExactly("d0", "d1");
  }

  private static WeightsFile mixture(Float... weights) {
    var domains = IntStream.range(0, weights.length)
        .mapToObj(i -> new DomainSize("d" + i, i + 1))
        .toList();
    return WeightsFile.of(domains, List.of(weights));
  }
}
