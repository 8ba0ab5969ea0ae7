package org.tdro.retriever;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.io.IOException;
import java.util.List;
import org.tdro.models.Architecture;
import org.tdro.models.Projection;
import org.tdro.models.lora.Lora;

/**
 * Everything needed to rebuild a retriever around its weights.
 *
 * @param projections maps that follow the pooling, one after the other
 * @param normalize whether embeddings have unit length, so that their product is the cosine
 * @param dimension components of an embedding, the first ones of the whole; 0 for all of them
 * @param untied whether queries and passages have encoders of their own
 * @param lora which of the backbone's maps are adapted, all its other weights being frozen; it gets the usual ones of the
 *     architecture where it names none
 */
public record RetrieverSpec(
    Architecture architecture,
    Pooling pooling,

    @JsonAlias("projection") @JsonDeserialize(using = ProjectionsReader.class)
    List<Projection> projections,

    boolean normalize,
    int dimension,
    boolean untied,
    Lora lora) {
  public RetrieverSpec {
    // Null where a file does not have it; without a rank the other settings have no meaning.
    lora = lora == null || !lora.adapts() ? Lora.NONE : architecture.adaptation(lora);
    projections = projections == null ? List.of() : List.copyOf(projections);
    int whole = whole(architecture, projections);
    if (dimension < 0 || dimension > whole) {
      throw new IllegalArgumentException(
          "dimension must be from 1 to %d, was %d".formatted(whole, dimension));
    }
    dimension = dimension == 0 ? whole : dimension;
  }

  /** Creates a spec with whole embeddings, one encoder for both sides and no adapters. */
  public RetrieverSpec(
      Architecture architecture, Pooling pooling, List<Projection> projections, boolean normalize) {
    this(architecture, pooling, projections, normalize, 0, false, Lora.NONE);
  }

  /**
   * Creates the same with at most one linear map.
   *
   * @param projection components after the map; 0 for none
   */
  public RetrieverSpec(
      Architecture architecture, Pooling pooling, int projection, boolean normalize) {
    this(architecture, pooling, linear(projection), normalize);
  }

  private static List<Projection> linear(int projection) {
    return projection == 0 ? List.of() : List.of(Projection.linear(projection));
  }

  private static int whole(Architecture architecture, List<Projection> projections) {
    return projections.isEmpty()
        ? architecture.hidden()
        : projections.get(projections.size() - 1).size();
  }

  /** Reads the list or, as earlier versions wrote it, the size of a linear map, 0 for none. */
  private static final class ProjectionsReader extends JsonDeserializer<List<Projection>> {
    @Override
    public List<Projection> deserialize(JsonParser json, DeserializationContext context)
        throws IOException {
      return json.currentToken().isNumeric()
          ? linear(json.getIntValue())
          : json.readValueAs(new TypeReference<List<Projection>>() {});
    }
  }

  /** Size of an embedding before it is cut. */
  public int wholeDimension() {
    return whole(architecture, projections);
  }

  /** Whether embeddings are truncated, which happens before they are normalised. */
  @JsonIgnore
  public boolean isCut() {
    return dimension < wholeDimension();
  }

  /**
   * Returns a spec of the same weights with smaller embeddings.
   *
   * @throws IllegalArgumentException if {@code dimension} is below 1 or above {@link #wholeDimension}
   */
  RetrieverSpec cut(int dimension) {
    if (dimension < 1) {
      throw new IllegalArgumentException(
          "dimension must be from 1 to %d, was %d".formatted(wholeDimension(), dimension));
    }
    return new RetrieverSpec(
        architecture, pooling, projections, normalize, dimension, untied, lora);
  }

  /** Returns the same with other adapters. */
  public RetrieverSpec with(Lora lora) {
    return new RetrieverSpec(
        architecture, pooling, projections, normalize, dimension, untied, lora);
  }

  /** Returns the same with one encoder for both sides, or one for each. */
  public RetrieverSpec untied(boolean untied) {
    return new RetrieverSpec(
        architecture, pooling, projections, normalize, dimension, untied, lora);
  }

  /** Returns the same with another pooling. */
  public RetrieverSpec with(Pooling pooling) {
    return new RetrieverSpec(
        architecture, pooling, projections, normalize, dimension, untied, lora);
  }

  /** Returns the same with or without normalisation. */
  public RetrieverSpec normalized(boolean normalize) {
    return new RetrieverSpec(
        architecture, pooling, projections, normalize, dimension, untied, lora);
  }
}
