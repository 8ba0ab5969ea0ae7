package org.tdro.config;

import java.util.List;
import org.tdro.io.InputException;

/** The problems of a configuration, one problem a line: {@code origin: key what; did you mean …?}. */
public final class ConfigException extends InputException {
  private static final long serialVersionUID = 1L;

  /** One problem or more. */
  public ConfigException(List<String> problems) {
    super(problems);
  }
}
