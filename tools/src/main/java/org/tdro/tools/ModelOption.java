package org.tdro.tools;

import java.nio.file.Path;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.store.StoredRetrievers;
import picocli.CommandLine.Option;

/** The option {@code --model} of commands that use a trained model. */
final class ModelOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "RUN",
      description =
          "Folder of a complete run, of its model, of a model in Hugging Face's form, or of PEFT adapters.")
  private Path folder;

  RetrieverSource stored() {
    return StoredRetrievers.of(folder);
  }
}
