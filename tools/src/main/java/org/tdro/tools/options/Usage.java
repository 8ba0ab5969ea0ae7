package org.tdro.tools.options;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What is wrong with the options of a command. */
public final class Usage {
  private Usage() {}

  /** Returns a value that options make, whose complaint becomes one about the command line. */
  public static <T> T checked(CommandSpec spec, Supplier<T> value) {
    return checked(spec, "", value);
  }

  /** The same with {@code option}, whose value it is, at the beginning of the complaint. */
  public static <T> T checked(CommandSpec spec, String option, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + e.getMessage(), e);
    }
  }
}
