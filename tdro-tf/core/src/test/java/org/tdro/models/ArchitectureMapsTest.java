package org.tdro.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.io.Json;
import org.tdro.keras.Variables;
import org.tdro.models.BertArchitecture.Family;
import org.tdro.models.lora.Lora;
import org.tensorflow.Graph;

/** The linear maps of each architecture and those that adapters take, and how its shape is kept in a retriever's JSON. */
class ArchitectureMapsTest {
  private static final Rope ROPE = new Rope(10_000, Rope.Scaling.NONE);

  @TempDir
  Path folder;

  static Stream<Arguments> architectures() {
    return Stream.of(
        Arguments.of(bert(Family.BERT), List.of("query", "value")),
        Arguments.of(bert(Family.DISTILBERT), List.of("q_lin", "v_lin")),
        Arguments.of(bert(Family.MPNET), List.of("q", "v")),
        Arguments.of(decoder().build(), List.of("q_proj", "v_proj")),
        Arguments.of(gemma(), List.of("q_proj", "v_proj")),
        Arguments.of(modernBert(), List.of("Wqkv")));
  }

  private static BertArchitecture bert(Family family) {
    return BertArchitecture.builder(9, 8, 2, 2).family(family).build();
  }

  private static DecoderArchitecture.Builder decoder() {
    return DecoderArchitecture.builder(9, 8, 2, 2);
  }

  private static DecoderArchitecture gemma() {
    return decoder()
        .gemma(new DecoderArchitecture.Gemma(16, 50, List.of(1), ROPE))
        .slidingWindow(4, 0)
        .build();
  }

  private static ModernBertArchitecture modernBert() {
    return new ModernBertArchitecture(
        9,
        8,
        2,
        2,
        6,
        64,
        List.of(0),
        4,
        ROPE,
        ROPE,
        1e-5f,
        Set.of(ModernBertArchitecture.Part.NORMS),
        new ModernBertArchitecture.Dropouts(0, 0, 0),
        0.02f);
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void mapsAreThoseThatABackboneIsBuiltOf(Architecture architecture) {
    var built = new ArrayList<String>();
    try (var graph = new Graph()) {
      architecture.build(new Variables(graph, "").scope(), dense -> {
        built.add(dense.path());
        return dense;
      });
    }
    assertThat(architecture.maps()).containsExactlyInAnyOrderElementsOf(built);
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void adaptersThatNameNoMapsGoWherePeftPutsThem(Architecture architecture, List<String> usual) {
    assertThat(architecture.adaptation(lora()).targetModules()).isEqualTo(usual);
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void theShapeIsKept(Architecture architecture) throws IOException {
    var file = Files.writeString(folder.resolve("shape.json"), Json.line(architecture));
    assertThat(Json.read(file, Architecture.class)).isEqualTo(architecture);
  }

  private static Lora lora(String... targets) {
    return new Lora(2, 4, 0, List.of(targets));
  }

  @Test
  void mapsMayBeNamedWithWhatTheyAreIn() {
    var lora = lora("attention.output.dense", "encoder.layer.1.output.dense");
    assertThat(bert(Family.BERT).adaptation(lora)).isEqualTo(lora);
  }

  @Test
  void mapsThatAreNotThereAreNamedWithThoseThatAre() {
    assertThatThrownBy(() -> bert(Family.BERT).adaptation(lora("q_proj", "query", "Wqkv")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the model does not have q_proj, Wqkv; choose from query, key, value, dense");
  }

  /** As it was written before other families had their shape. */
  @Test
  void theFamilyOfBertIsNotNamed() throws IOException {
    assertThat(Json.line(bert(Family.BERT))).doesNotContain("family");
  }
}
