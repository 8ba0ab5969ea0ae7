package org.tdro.retriever;

import java.util.List;
import java.util.stream.Stream;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.models.lora.LoraKernel;
import org.tdro.text.TextKind;

/** The encoders of queries and of passages: one and the same, or two of the same shape with weights of their own. */
public record Encoders(Encoder query, Encoder passage) {

  /** Adds the weights of a retriever of that shape to {@code variables}; those of a second encoder under {@code passage/}. */
  public static Encoders of(Variables variables, RetrieverSpec spec) {
    return of(variables, new Variables(variables.graph(), ""), spec);
  }

  /** As {@link #of(Variables, RetrieverSpec)}; frozen weights that {@code lender} has are shared with it. */
  public static Encoders of(Variables variables, Variables lender, RetrieverSpec spec) {
    var query = new Encoder(variables.scope(), lender, spec);
    if (!spec.untied()) {
      return new Encoders(query, query);
    }
    // Adapters of both sides are trained beside the same frozen weights.
    var frozen = lender.all().isEmpty() ? variables : lender;
    return new Encoders(query, new Encoder(variables.scope().under("passage"), frozen, spec));
  }

  /** The one for texts of that kind. */
  public Encoder of(TextKind kind) {
    return kind == TextKind.QUERY ? query : passage;
  }

  /** One or two. */
  public List<Encoder> distinct() {
    return Stream.of(query, passage).distinct().toList();
  }

  /** The weights that a published model of this shape has, of all, without those that other encoders lend. */
  public List<Weight> backboneWeights() {
    return distinct().stream()
        .flatMap(encoder -> encoder.backboneWeights().stream())
        .toList();
  }

  /** All weights that a run keeps or its base has. */
  public List<Weight> weights() {
    return distinct().stream()
        .flatMap(encoder ->
            Stream.concat(encoder.frozenWeights().stream(), encoder.trainedWeights().stream()))
        .toList();
  }

  /** The adapted maps of all; empty if there are no adapters. */
  public List<LoraKernel> loraKernels() {
    return distinct().stream()
        .flatMap(encoder -> encoder.loraKernels().stream())
        .toList();
  }
}
