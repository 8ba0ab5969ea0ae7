package org.tdro.config;

import java.util.List;

/** Everything that is wrong with a configuration, one problem a line: {@code origin: key what; did you mean …?}. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Of one problem or more. */
  public ConfigException(List<String> problems) {
    super(String.join("\n", problems));
  }

  /** The problems, in the order in which they were found. */
  public List<String> problems() {
    return getMessage().lines().toList();
  }
}
