package org.tdro.models;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.tdro.keras.LayerScope;
import org.tdro.models.lora.Adapters;

/** The shape of a backbone: everything that must be known to build it, and nothing of how it is trained. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = StaticArchitecture.class, name = "static"),
  @JsonSubTypes.Type(value = BertArchitecture.class, name = "bert"),
  @JsonSubTypes.Type(value = DecoderArchitecture.class, name = "decoder")
})
public sealed interface Architecture
    permits StaticArchitecture, BertArchitecture, DecoderArchitecture {

  /** Number of token ids. */
  int vocabulary();

  /** The same with another number of token ids. */
  Architecture withVocabulary(int vocabulary);

  /** The same with other settings of training; what the shape has no use for is left out. */
  Architecture withTraining(float hiddenDropout, float attentionDropout, float initializerRange);

  /** Size of a hidden state. */
  int hidden();

  /** The longest text, in tokens. */
  int maxPositions();

  /**
   * Returns a backbone of this shape whose weights are added in {@code scope}.
   *
   * @param adapters asked for each linear map
   */
  Backbone build(LayerScope scope, Adapters adapters);

  /** Floating-point operations of the matrix products of one forward pass over {@code rows} texts of {@code length} tokens. */
  long forwardFlops(long rows, long length);
}
