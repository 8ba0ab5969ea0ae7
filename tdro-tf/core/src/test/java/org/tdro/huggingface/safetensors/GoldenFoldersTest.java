package org.tdro.huggingface.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.testing.Shared;

/** Folders of {@code golden/encoders}, which the transformers library wrote. */
class GoldenFoldersTest {
  private static SafetensorsFolder open(String name) {
    return SafetensorsFolder.open(Shared.path("golden/encoders/" + name));
  }

  @ParameterizedTest
  @CsvSource({
    "bert, 39, F32, embeddings.word_embeddings.weight",
    "llama_gqa_sharded, 29, F32, layers.1.self_attn.q_proj.weight",
    "mistral_full, 20, F32, norm.weight",
    "mistral_swa, 20, F32, norm.weight",
    "qwen2_bf16, 26, BF16, layers.0.self_attn.q_proj.bias",
    "qwen2_gqa, 38, F32, layers.2.self_attn.q_proj.bias",
    "qwen2_mha_causallm, 27, F32, lm_head.weight",
    "xlm_roberta_mlm, 42, F32, roberta.embeddings.position_embeddings.weight"
  })
  void opens(String name, int tensors, DType type, String one) {
    assertThat(open(name).tensors()).hasSize(tensors).containsKey(one).allSatisfy((key, tensor) -> {
      assertThat(tensor.type()).isEqualTo(type);
      assertThat(tensor.buffer().remaining()).isEqualTo((int) tensor.bytes());
    });
  }

  @Test
  void shardsTogetherAreTheModel() {
    var llama = open("llama_gqa_sharded");
    assertThat(llama.files()).hasSize(2);
    assertThat(llama.tensors().get("embed_tokens.weight").shape()).containsExactly(103, 32);
    assertThat(llama.tensors().get("layers.1.self_attn.k_proj.weight").shape())
        .containsExactly(8, 32);
    // metadata.total_size of the index
    assertThat(llama.tensors().values().stream().mapToLong(TensorView::bytes).sum())
        .isEqualTo(100_096);
  }
}
