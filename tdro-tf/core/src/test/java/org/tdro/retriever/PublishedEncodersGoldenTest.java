package org.tdro.retriever;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.keras.CallContext;
import org.tdro.keras.Variables;
import org.tdro.models.Backbone;
import org.tdro.models.BertBackbone;
import org.tdro.models.lora.Adapters;
import org.tdro.testing.Shared;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Every case of {@code golden/encoders}, computed by the library that publishes these models. */
class PublishedEncodersGoldenTest {
  private static final double STATES = 1e-4;
  private static final double NORMALISED = 2e-5;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "qwen2_gqa",
        "qwen2_mha_causallm",
        "qwen2_bf16",
        "llama_gqa_sharded",
        "mistral_swa",
        "mistral_full",
        "bert",
        "xlm_roberta_mlm"
      })
  void statesAndPoolingsEqualTheReferences(String name) throws IOException {
    var path = Shared.path("golden/encoders/" + name);
    var folder = PublishedFolder.open(path);
    var cases =
        new JsonMapper().readTree(path.resolve("expected.json").toFile()).get("cases");
    assertThat(cases).isNotEmpty();
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var variables = new Variables(graph, "");
      var backbone = folder.architecture().build(variables.scope(), Adapters.NONE);
      folder.weights().load(tf, session, variables.all());
      for (var golden : cases) {
        var ids = tf.constant(ints(golden.get("input_ids")));
        var mask = tf.constant(ints(golden.get("attention_mask")));
        var states = states(tf, backbone, ids, mask, golden);
        assertStates(floats(session, states.last()), golden);
        for (var pooled : golden.get("pooled").properties()) {
          var pooling = Pooling.valueOf(pooled.getKey().toUpperCase(Locale.ROOT));
          var value = pooling.call(tf, states, mask);
          assertRows(floats(session, value), pooled.getValue(), STATES);
          assertRows(
              floats(session, Encoder.normalize(tf, value)),
              golden.get("pooled_normalized").get(pooled.getKey()),
              NORMALISED);
        }
      }
    }
  }

  private static Backbone.HiddenStates states(
      Ops tf, Backbone backbone, Operand<TInt32> ids, Operand<TInt32> mask, JsonNode golden) {
    var context = CallContext.inference(tf);
    return golden.has("token_type_ids")
        ? ((BertBackbone) backbone)
            .call(context, ids, mask, tf.constant(ints(golden.get("token_type_ids"))))
        : backbone.call(context, ids, mask);
  }

  private static void assertStates(float[] values, JsonNode golden) {
    int at = 0;
    for (int row = 0; row < golden.get("input_ids").size(); row++) {
      for (int column = 0; column < golden.get("input_ids").get(row).size(); column++) {
        boolean isToken = golden.get("attention_mask").get(row).get(column).intValue() == 1;
        for (var expected : golden.get("last_hidden_state").get(row).get(column)) {
          if (isToken) {
            assertThat((double) values[at])
                .as("%s, row %d, column %d", golden.get("name").asText(), row, column)
                .isCloseTo(expected.doubleValue(), within(STATES));
          }
          at++;
        }
      }
    }
    assertThat(at).isEqualTo(values.length);
  }

  private static void assertRows(float[] values, JsonNode rows, double tolerance) {
    int at = 0;
    for (var row : rows) {
      for (var expected : row) {
        assertThat((double) values[at++]).isCloseTo(expected.doubleValue(), within(tolerance));
      }
    }
    assertThat(at).isEqualTo(values.length);
  }

  private static int[][] ints(JsonNode rows) {
    return new JsonMapper().convertValue(rows, int[][].class);
  }

  private static float[] floats(Session session, Operand<TFloat32> operand) {
    try (var result = session.runner().fetch(operand).run()) {
      var tensor = (TFloat32) result.get(0);
      var values = new float[Math.toIntExact(tensor.size())];
      tensor.asRawTensor().data().asFloats().read(values);
      return values;
    }
  }
}
