package org.tdro.retriever;

import java.util.List;
import java.util.stream.Stream;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.models.lora.LoraAdapters;
import org.tdro.text.TextKind;

/** The encoders of queries and of passages: one and the same, or two of the same shape with weights of their own. */
public record Encoders(Encoder query, Encoder passage) {

  /** Adds the weights of a retriever of that shape to {@code variables}; those of a second encoder under {@code passage/}. */
  public static Encoders of(Variables variables, RetrieverSpec spec) {
    return of(variables, new Variables(variables.graph(), ""), spec);
  }

  /** Adds the same, but shares frozen weights that {@code lender} has with it. */
  public static Encoders of(Variables variables, Variables lender, RetrieverSpec spec) {
    var query = new Encoder(variables.scope(), lender, spec);
    if (!spec.untied()) {
      return new Encoders(query, query);
    }
    // Adapters of both sides are trained beside the same frozen weights.
    var frozen = lender.all().isEmpty() ? variables : lender;
    return new Encoders(query, new Encoder(variables.scope().under("passage"), frozen, spec));
  }

  /** Returns the encoder of texts of that kind. */
  public Encoder of(TextKind kind) {
    return kind == TextKind.QUERY ? query : passage;
  }

  /** Returns the encoders, one or two. */
  public List<Encoder> distinct() {
    return Stream.of(query, passage).distinct().toList();
  }

  /** Returns the weights of both that a published model of this shape has, without those that other encoders lend. */
  public List<Weight> backboneWeights() {
    return distinct().stream()
        .flatMap(encoder -> encoder.backboneWeights().stream())
        .toList();
  }

  /** Returns all weights: those that a run keeps and those of its base. */
  public List<Weight> weights() {
    return distinct().stream()
        .flatMap(encoder ->
            Stream.concat(encoder.frozenWeights().stream(), encoder.trainedWeights().stream()))
        .toList();
  }

  /** Returns the adapted maps of both; empty if there are no adapters. */
  public List<LoraAdapters.Kernel> loraKernels() {
    return distinct().stream()
        .flatMap(encoder -> encoder.loraKernels().stream())
        .toList();
  }
}
