package org.tdro.tools;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.tdro.retrieval.RetrieverFolder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --dimension} of commands that make embeddings with a trained model. */
final class EmbeddingSize {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      description =
          "Cut embeddings to their first D components, normalised again; for models trained with loss.matryoshka-dimensions.")
  private Integer dimension;

  /** The size asked for, after a note where {@code model} was not trained for it. */
  OptionalInt of(Path model) {
    if (dimension == null) {
      return OptionalInt.empty();
    }
    var settings = RetrieverFolder.of(model).settings();
    int whole = settings.spec().wholeDimension();
    if (dimension < 1 || dimension > whole) {
      throw new ParameterException(
          spec.commandLine(),
          "--dimension must be from 1 to %d, the size of the model's embeddings, was %d"
              .formatted(whole, dimension));
    }
    if (!settings.isTrainedFor(dimension)) {
      var err = spec.commandLine().getErr();
      err.printf(
          "--dimension %d is none of the sizes that the model was trained for: %s%n",
          dimension, settings.trainedDimensions());
      err.flush();
    }
    return OptionalInt.of(dimension);
  }
}
