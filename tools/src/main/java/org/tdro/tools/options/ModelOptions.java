package org.tdro.tools.options;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options {@code --model} and {@code --dimension} of commands that need a model. */
public final class ModelOptions extends EncodingOptions {
  @Option(names = "--model", required = true, paramLabel = "RUN", description = MODEL)
  private Path folder;

  @Override
  Path folder() {
    return folder;
  }
}
