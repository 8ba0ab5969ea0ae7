package org.tdro.config;

import com.typesafe.config.ConfigOrigin;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The problems of a configuration, without repetitions, in the order in which they were found. */
final class ConfigProblems {
  private static final Pattern LINE = Pattern.compile(": (\\d+)(?:-\\d+)?$");

  private final Set<String> lines = new LinkedHashSet<>();

  /** Returns how many problems there are. */
  int count() {
    return lines.size();
  }

  /** Forgets all problems. */
  void clear() {
    lines.clear();
  }

  /** Adds all problems of another list. */
  void addAll(ConfigProblems others) {
    lines.addAll(others.lines);
  }

  /** Adds a problem of a value from {@code origin}. */
  void add(String origin, String what) {
    lines.add(origin + ": " + what);
  }

  /** Adds a failure of the HOCON reader, whose message starts with the place. */
  void add(com.typesafe.config.ConfigException failure) {
    var message = String.valueOf(failure.getMessage()).replace('\n', ' ');
    if (failure.origin() == null) {
      lines.add(message);
    } else {
      var place = failure.origin().description() + ": ";
      add(
          where(failure.origin()),
          message.startsWith(place) ? message.substring(place.length()) : message);
    }
  }

  /**
   * Ends the composition if it failed.
   *
   * @throws ConfigException with all problems, if there are any
   */
  void raise() {
    if (!lines.isEmpty()) {
      throw new ConfigException(List.copyOf(lines));
    }
  }

  /** Returns the place of a value: {@code configs/dro/paper.conf:7}, or {@code command line: dro.ema=0.2}. */
  static String where(ConfigOrigin origin) {
    if (origin.lineNumber() <= 0) {
      return origin.description();
    }
    boolean isArgument = origin.description().startsWith(Argument.SOURCE)
        || origin.description().startsWith(Argument.PROPERTY);
    var line = isArgument ? "" : ":$1";
    return LINE.matcher(origin.description()).replaceFirst(line);
  }
}
