package org.tdro.config;

import java.util.List;
import org.tdro.io.InputException;

/** A configuration with problems, one per line: {@code origin: key problem; did you mean …?}. */
public final class ConfigException extends InputException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception of one or more problems. */
  public ConfigException(List<String> problems) {
    super(problems);
  }
}
