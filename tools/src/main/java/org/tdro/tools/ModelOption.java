package org.tdro.tools;

import java.nio.file.Path;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.store.StoredRetrievers;
import picocli.CommandLine.Option;

/** Which trained model a command uses. */
final class ModelOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "RUN",
      description =
          "Folder of a run that is complete, of its model, of a model in Hugging Face's form, or of PEFT's adapters.")
  private Path folder;

  RetrieverSource stored() {
    return StoredRetrievers.of(folder);
  }
}
