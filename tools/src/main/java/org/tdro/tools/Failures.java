package org.tdro.tools;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.tdro.config.ConfigException;
import org.tdro.io.InputException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a failed command says, and the exit code it ends with. */
final class Failures {
  /** Exit code: the data are not what they should be. */
  static final int BAD_DATA = 3;

  /** The first kind that a failure, or one that caused it, belongs to decides the code; none means {@link ExitCode#SOFTWARE}. */
  private static final List<Kind> KINDS = List.of(
      new Kind(ConfigException.class, ExitCode.USAGE),
      new Kind(InputException.class, BAD_DATA),
      new Kind(NoSuchFileException.class, BAD_DATA));

  private record Kind(Class<? extends Throwable> type, int exitCode) {}

  private Failures() {}

  /** Says what happened on the command's standard error and returns the exit code. */
  static int report(Exception failure, CommandLine command, boolean stacktrace) {
    if (stacktrace) {
      failure.printStackTrace(command.getErr());
    } else {
      for (var line : describe(failure).lines().toList()) {
        command.getErr().println(command.getColorScheme().errorText(line));
      }
    }
    command.getErr().flush();
    return exitCode(failure);
  }

  /** A wrong command line: what is wrong with it, what it might have been, and where help is. */
  static int report(ParameterException failure, String[] arguments) {
    var command = failure.getCommandLine();
    var err = command.getErr();
    err.println(command.getColorScheme().errorText(failure.getMessage()));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("See " + command.getCommandSpec().qualifiedName() + " --help.");
    err.flush();
    return ExitCode.USAGE;
  }

  static int exitCode(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      for (var kind : KINDS) {
        if (kind.type().isInstance(cause)) {
          return kind.exitCode();
        }
      }
    }
    return ExitCode.SOFTWARE;
  }

  /** The messages of the failure and of what caused it, each said once. */
  static String describe(Throwable failure) {
    var text = new StringBuilder(message(failure));
    for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      var message = message(cause);
      if (text.indexOf(message) < 0) {
        text.append("\n  because: ").append(message);
      }
    }
    return text.toString();
  }

  /** Exceptions whose message is only a file name get a verb; those without one get their class. */
  private static String message(Throwable failure) {
    var message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return failure.getClass().getSimpleName();
    }
    if (failure instanceof NoSuchFileException) {
      return message + " does not exist";
    }
    if (failure instanceof AccessDeniedException) {
      return message + " may not be read or written";
    }
    if (failure instanceof FileSystemException || message.contains(" ")) {
      return message;
    }
    return failure.getClass().getSimpleName() + ": " + message;
  }
}
