package org.tdro.models;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.stream.IntStream;
import org.tdro.keras.LayerScope;
import org.tdro.models.lora.Adapters;
import org.tdro.models.lora.Lora;

/**
 * The shape of a backbone: all that must be known to build it. As in the {@code config.json} of published models, the rates of
 * dropout and the spread of initial weights are kept beside it, so that what is read can be written again.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = StaticArchitecture.class, name = "static"),
  @JsonSubTypes.Type(value = BertArchitecture.class, name = "bert"),
  @JsonSubTypes.Type(value = ModernBertArchitecture.class, name = "modernbert"),
  @JsonSubTypes.Type(value = DecoderArchitecture.class, name = "decoder")
})
public sealed interface Architecture
    permits StaticArchitecture, BertArchitecture, ModernBertArchitecture, DecoderArchitecture {

  /** Number of token ids. */
  int vocabulary();

  /** Returns the same shape with another number of token ids. */
  Architecture withVocabulary(int vocabulary);

  /** Returns the same shape with other settings of training, as far as it has them. */
  Architecture withTraining(float hiddenDropout, float attentionDropout, float initializerRange);

  /** Share of states that is 0 in training. */
  default float hiddenDropout() {
    return 0;
  }

  /** Share of attention weights that is 0 in training. */
  default float attentionDropout() {
    return 0;
  }

  /** Size of a hidden state. */
  int hidden();

  /** Number of layers; 0 for token embeddings alone. */
  int layers();

  /** The longest text, in tokens. */
  int maxPositions();

  /** Returns the paths of the linear maps, such as {@code layers/0/self_attn/q_proj}. */
  List<String> maps();

  /** Returns the target modules of adapters that name none: those that PEFT takes for the family. */
  List<String> usualTargets();

  /** Returns the paths of maps that every layer has. */
  default List<String> inEveryLayer(String layers, List<String> maps) {
    return IntStream.range(0, layers())
        .boxed()
        .flatMap(layer -> maps.stream().map(map -> layers + "/" + layer + "/" + map))
        .toList();
  }

  /**
   * Returns an adaptation of models of this shape: with the usual target modules where it names none.
   *
   * @throws IllegalArgumentException naming the target modules that the shape does not have, and what it has
   */
  default Lora adaptation(Lora lora) {
    if (!lora.adapts()) {
      return lora;
    }
    var named = lora.targetModules().isEmpty() ? lora.with(usualTargets()) : lora;
    named.check(maps());
    return named;
  }

  /**
   * Returns a backbone of this shape whose weights are added in {@code scope}.
   *
   * @param adapters asked for each linear map
   */
  Backbone build(LayerScope scope, Adapters adapters);

  /** Returns the floating-point operations of the matrix products of one forward pass over {@code rows} texts of {@code length} tokens. */
  long forwardFlops(long rows, long length);
}
