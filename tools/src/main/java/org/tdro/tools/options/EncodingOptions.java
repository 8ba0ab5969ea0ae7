package org.tdro.tools.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.runs.RunFolder;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options {@code --model} and {@code --dimension} of commands that encode with a trained model. */
public abstract class EncodingOptions {
  static final String MODEL =
      "Folder of a complete run, of its model, of a model in Hugging Face's format, or of PEFT adapters.";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      description =
          "Truncate embeddings to their first D components and normalise them again; for models trained with loss.matryoshka-dimensions.")
  private Integer dimension;

  CommandLine commandLine() {
    return spec.commandLine();
  }

  boolean hasDimension() {
    return dimension != null;
  }

  /** Returns the folder that is named. */
  abstract Path folder();

  /** Returns the model. */
  public RetrieverSource stored() {
    var folder = folder();
    checkExists("--model", folder);
    var below = runsBelow(folder);
    if (!below.isEmpty()) {
      throw new InputException("--model: %s holds several runs; name one of them: %s"
          .formatted(folder, String.join(", ", below)));
    }
    return StoredRetrievers.of(folder);
  }

  /**
   * Checks that the folder of a model is there.
   *
   * @throws InputException if it is not, with what to do if its name is that of a model on a hub
   */
  public static void checkExists(String name, Path folder) {
    if (!Files.exists(folder)) {
      boolean remote =
          !folder.isAbsolute() && folder.getNameCount() == 2 && !Files.exists(folder.getParent());
      throw new InputException("%s: %s does not exist%s"
          .formatted(
              name,
              folder,
              remote
                  ? "; nothing is downloaded: fetch the files of the model, for example with hf download, and name their folder"
                  : ""));
    }
  }

  /** Returns the runs in the folder of a pipeline, or none if it is the folder of a model. */
  private static List<String> runsBelow(Path folder) {
    if (new RetrieverFolder(folder).exists() || Files.exists(new RunFolder(folder).model())) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> new RetrieverFolder(new RunFolder(file).model()).exists())
          .map(Path::toString)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  /** Returns the settings of a model, with embeddings of the requested size; prints a note if the model was not trained for it. */
  public RetrieverSettings settings(RetrieverSource stored) {
    var settings = stored.settings();
    if (dimension == null) {
      return settings;
    }
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
          "--dimension %d is not one of the sizes that the model was trained for: %s%n",
          dimension, settings.trainedDimensions());
      err.flush();
    }
    return settings.cut(dimension);
  }
}
