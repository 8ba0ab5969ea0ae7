package org.tdro.tools.options;

import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options {@code --model} and {@code --dimension} of commands that can do without a model. */
public final class OptionalModelOptions extends EncodingOptions {
  @Option(names = "--model", paramLabel = "RUN", description = MODEL)
  private Path folder;

  @Override
  Path folder() {
    return folder;
  }

  /**
   * Returns whether a model is named.
   *
   * @throws ParameterException if one is not, but the size of its embeddings is
   */
  public boolean isGiven() {
    if (folder == null && hasDimension()) {
      throw new ParameterException(
          commandLine(), "--dimension is that of a model; name one by --model");
    }
    return folder != null;
  }
}
