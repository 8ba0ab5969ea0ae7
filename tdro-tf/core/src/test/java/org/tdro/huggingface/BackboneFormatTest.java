package org.tdro.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.models.Architecture;
import org.tdro.models.BertArchitecture;
import org.tdro.models.BertArchitecture.Family;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.DecoderArchitecture.Gemma;
import org.tdro.models.ModernBertArchitecture;
import org.tdro.models.ModernBertArchitecture.Dropouts;
import org.tdro.models.ModernBertArchitecture.Part;
import org.tdro.models.Rope;
import org.tdro.models.StaticArchitecture;

class BackboneFormatTest {
  private static final Rope.Scaling LLAMA3 = new Rope.Scaling(Rope.Kind.LLAMA3, 8, 1, 4, 8192);
  private static final Rope.Scaling LINEAR = new Rope.Scaling(Rope.Kind.LINEAR, 2.5, 1, 1, 0);

  private static final Rope GLOBAL = new Rope(160_000, Rope.Scaling.NONE);
  private static final Rope LOCAL = new Rope(10_000, Rope.Scaling.NONE);

  @TempDir
  Path folder;

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of("qwen2", decoder(true, false, false, 0, 0, Rope.Scaling.NONE)),
        Arguments.of("qwen2", decoder(true, false, false, 64, 2, Rope.Scaling.NONE)),
        Arguments.of("mistral", decoder(false, false, false, 64, 0, LINEAR)),
        Arguments.of("llama", decoder(false, false, false, 0, 0, LLAMA3)),
        Arguments.of("llama", decoder(true, true, true, 0, 0, Rope.Scaling.NONE)),
        Arguments.of("llama", decoder(false, false, true, 0, 0, LINEAR)),
        Arguments.of("qwen3", qwen3(false, 0, 0)),
        Arguments.of("qwen3", qwen3(true, 64, 2)),
        Arguments.of("qwen3", plain().headNorms(true).bidirectional(true).build()),
        Arguments.of("qwen2", plain().inputBias(true).bidirectional(true).build()),
        Arguments.of("llama", plain().bidirectional(true).build()),
        Arguments.of("mistral", plain().bidirectional(true).slidingWindow(9, 0).build()),
        Arguments.of("bert", bert(BertArchitecture.COUNT_ALL, 2)),
        Arguments.of("gemma2", gemma(plain(), 50).build()),
        Arguments.of(
            "gemma3_text", gemma(plain(), 0).headNorms(true).rope(GLOBAL).build()),
        Arguments.of(
            "gemma3_text", gemma(plain(), 0).headNorms(true).bidirectional(true).build()),
        Arguments.of("modernbert", modern(List.of(0, 3), LOCAL, Set.of())),
        Arguments.of("modernbert", modern(List.of(1, 2), LOCAL, Set.of(Part.ATTENTION))),
        Arguments.of(
            "modernbert",
            modern(List.of(0), new Rope(70, LINEAR), Set.of(Part.NORMS, Part.FEED_FORWARD))),
        Arguments.of("distilbert", named(Family.DISTILBERT, BertArchitecture.COUNT_ALL)),
        Arguments.of("mpnet", named(Family.MPNET, 1)),
        Arguments.of("xlm-roberta", bert(1, 1)),
        Arguments.of("xlm-roberta", bert(0, 1)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void whatIsWrittenReadsBack(String type, Architecture shape) throws IOException {
    assertThat(write(shape).get("model_type").asText()).isEqualTo(type);
    assertThat(PublishedFolder.open(folder).architecture()).isEqualTo(shape);
  }

  @Test
  void positionsAreCountedFromTheirOwnPaddingId() throws IOException {
    PublishedFolder.writeConfig(
        folder, bert(1, 1), DType.BF16, OptionalInt.of(0), OptionalInt.of(2));
    var json = new JsonMapper().readTree(folder.resolve("config.json").toFile());
    assertThat(json.get("pad_token_id").asInt()).isEqualTo(1);
    assertThat(json.get("eos_token_id").asInt()).isEqualTo(2);
    assertThat(json.get("torch_dtype").asText()).isEqualTo("bfloat16");
  }

  @Test
  void anEncoderWithoutTypesGetsOne() throws IOException {
    assertThat(write(bert(BertArchitecture.COUNT_ALL, 0)).get("type_vocab_size").asInt())
        .isEqualTo(1);
  }

  @Test
  void whatNoPublishedModelHasIsRefused() {
    assertRefused(decoder(false, true, false, 0, 0, Rope.Scaling.NONE), "output map alone");
    assertRefused(decoder(true, false, true, 0, 0, Rope.Scaling.NONE), "feed-forward maps");
    assertRefused(
        decoder(true, true, false, 64, 0, Rope.Scaling.NONE), "llama does not have a sliding");
    assertRefused(decoder(false, false, false, 64, 1, Rope.Scaling.NONE), "from layer 1 on");
    assertRefused(
        plain().headNorms(true).inputBias(true).build(), "qwen3 does not have a bias on queries");
    assertRefused(
        plain().headNorms(true).feedForwardBias(true).build(),
        "qwen3 does not have a bias on feed");
    assertRefused(new StaticArchitecture(9, 4, 0.1f), "kind static");
  }

  private void assertRefused(Architecture shape, String message) {
    assertThatThrownBy(() -> write(shape))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private JsonNode write(Architecture shape) throws IOException {
    PublishedFolder.writeConfig(folder, shape, DType.F32, OptionalInt.empty(), OptionalInt.empty());
    return new JsonMapper().readTree(folder.resolve("config.json").toFile());
  }

  private static DecoderArchitecture decoder(
      boolean inputBias,
      boolean outputBias,
      boolean feedForwardBias,
      int window,
      int firstWindowLayer,
      Rope.Scaling scaling) {
    return plain()
        .rope(new Rope(500_000, scaling))
        .inputBias(inputBias)
        .outputBias(outputBias)
        .feedForwardBias(feedForwardBias)
        .slidingWindow(window, firstWindowLayer)
        .attentionDropout(0.1f)
        .build();
  }

  private static DecoderArchitecture.Builder plain() {
    return DecoderArchitecture.builder(97, 32, 3, 4)
        .keyValueHeads(2)
        .headSize(16)
        .feedForward(56)
        .maxPositions(512);
  }

  private static DecoderArchitecture.Builder gemma(
      DecoderArchitecture.Builder builder, double cap) {
    return builder.gemma(new Gemma(24, cap, List.of(1), LOCAL)).slidingWindow(8, 0);
  }

  private static ModernBertArchitecture modern(List<Integer> global, Rope local, Set<Part> biases) {
    return new ModernBertArchitecture(
        97,
        32,
        4,
        4,
        24,
        512,
        global,
        64,
        GLOBAL,
        local,
        1e-5f,
        biases,
        new Dropouts(0.1f, 0.2f, 0.3f),
        0.02f);
  }

  private static BertArchitecture named(Family family, int paddingId) {
    return BertArchitecture.builder(97, 32, 2, 4)
        .family(family)
        .positions(50, paddingId)
        .dropout(0.1f, 0.2f)
        .build();
  }

  private static DecoderArchitecture qwen3(boolean bias, int window, int firstWindowLayer) {
    return plain()
        .headNorms(true)
        .inputBias(bias)
        .outputBias(bias)
        .slidingWindow(window, firstWindowLayer)
        .build();
  }

  private static BertArchitecture bert(int positionPaddingId, int types) {
    return BertArchitecture.builder(97, 32, 2, 4)
        .feedForward(64)
        .positions(50 - positionPaddingId - 1, positionPaddingId)
        .typeVocabulary(types)
        .dropout(0.1f, 0.2f)
        .build();
  }
}
