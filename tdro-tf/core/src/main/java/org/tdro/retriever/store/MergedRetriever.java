package org.tdro.retriever.store;

import java.nio.file.Path;
import java.util.List;
import org.tdro.keras.Checkpoint;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.RetrieverSettings;
import org.tensorflow.proto.ConfigProto;

/**
 * A retriever whose trained weights are a weighted mean of those of several retrievers of the same shape, which began with the same
 * weights (model soups, Wortsman et al. 2022). Adapters are averaged factor by factor, which is not the average of their products. Owns its
 * model, which embeds for comparison by inner product.
 */
public final class MergedRetriever implements AutoCloseable {
  private final List<RetrieverFolder> parts;
  private final RetrieverSettings settings;
  private final EncoderModel model;
  private final Checkpoint trained;

  private MergedRetriever(
      List<RetrieverFolder> parts,
      RetrieverSettings settings,
      EncoderModel model,
      Checkpoint trained) {
    this.parts = List.copyOf(parts);
    this.settings = settings;
    this.model = model;
    this.trained = trained;
  }

  /**
   * Opens a merge, which begins as the first of its parts.
   *
   * @param session TensorFlow's session options
   */
  public static MergedRetriever of(List<RetrieverFolder> parts, ConfigProto session) {
    var first = parts.get(0);
    var settings = first.settings();
    var model = new EncoderModel(settings.comparedByProduct().spec(), 0, session);
    try {
      model.load(first);
      var weights = model.encoders().distinct().stream()
          .flatMap(encoder -> encoder.trainedWeights().stream())
          .toList();
      return new MergedRetriever(
          parts, settings, model, new Checkpoint(model.tf(), model.session(), weights));
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /** Sets the weights to the mean of those of the parts under shares that sum to 1. */
  public void mix(double[] shares) {
    trained.restoreSum(parts.stream().map(RetrieverFolder::weights).toList(), shares);
  }

  /** Returns the model with the weights of the last {@link #mix}. */
  public EncoderModel model() {
    return model;
  }

  /** Writes the retriever as it is now, with the settings and the tokenizer of the parts. */
  public void write(Path folder) {
    new RetrieverFolder(folder).write(settings, parts.get(0).tokenizer(), model);
  }

  @Override
  public void close() {
    model.close();
  }
}
