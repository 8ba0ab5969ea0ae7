package org.tdro.tools;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.tdro.config.ConfigException;
import org.tdro.io.InputException;
import org.tdro.io.Printable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Messages and exit codes of failed commands. */
final class Failures {
  /** The exit code for data that cannot be used. */
  static final int BAD_DATA = 3;

  /** Exit codes by exception: the first match of a failure or one of its causes decides, else {@link ExitCode#SOFTWARE}. */
  private static final List<Kind> KINDS = List.of(
      new Kind(ConfigException.class, ExitCode.USAGE),
      new Kind(InputException.class, BAD_DATA),
      new Kind(NoSuchFileException.class, BAD_DATA));

  private record Kind(Class<? extends Throwable> type, int exitCode) {}

  private Failures() {}

  /** Prints what happened on the command's standard error and returns the exit code. */
  static int report(Exception failure, CommandLine command, boolean stacktrace) {
    if (failure instanceof CancellationException) {
      return ExitCode.SOFTWARE; // The process is ending, with a code of its own.
    }
    if (stacktrace) {
      failure.printStackTrace(command.getErr());
    } else {
      for (var line : Printable.of(describe(failure)).lines().toList()) {
        command.getErr().println(command.getColorScheme().errorText(line));
      }
    }
    command.getErr().flush();
    return exitCode(failure);
  }

  /** Prints what is wrong with a command line, what it might have been and where help is, and returns the exit code. */
  static int report(ParameterException failure, String[] arguments) {
    var command = failure.getCommandLine();
    var err = command.getErr();
    err.println(command.getColorScheme().errorText(Printable.of(failure.getMessage())));
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

  /** Returns the messages of a failure and of its causes, each once. */
  static String describe(Throwable failure) {
    var text = new StringBuilder(message(failure));
    for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      var message = message(cause);
      // A file that is named already need not be named again.
      boolean named = cause instanceof FileSystemException && text.indexOf(cause.getMessage()) >= 0;
      if (!named && text.indexOf(message) < 0) {
        text.append("\n  because: ").append(message);
      }
    }
    return text.toString();
  }

  /** Returns the message of an exception, with a verb if it is only a file name, with the class if it is only a word. */
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
