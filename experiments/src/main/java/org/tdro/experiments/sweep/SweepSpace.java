package org.tdro.experiments.sweep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tdro.config.ConfigException;
import org.tdro.io.CounterRandom;

/** The arguments of a sweep: plain ones, and axes in their order. */
final class SweepSpace {
  /**
   * An argument.
   *
   * @param axis its values; null if it is not swept
   */
  private record Part(String argument, Axis axis) {
    String key() {
      return axis != null ? bare(axis.key()) : bare(argument.split("=", 2)[0].strip());
    }
  }

  /** Returns a key without its prefix. */
  static String bare(String key) {
    return key.replaceFirst("^[+~]+", "");
  }

  /**
   * One combination of values.
   *
   * @param overrides a {@code key=value} for each axis
   * @param arguments all arguments of the job
   */
  record Candidate(List<String> overrides, List<String> arguments) {}

  private final List<Part> parts;

  private SweepSpace(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * Parses arguments.
   *
   * @throws ConfigException with all problems of swept values
   */
  static SweepSpace parse(List<String> arguments) {
    return parse(arguments, "command line");
  }

  private static SweepSpace parse(List<String> arguments, String origin) {
    var problems = new ArrayList<String>();
    var parts = new ArrayList<Part>();
    for (var argument : arguments) {
      try {
        parts.add(new Part(argument, Axis.parse(argument).orElse(null)));
      } catch (IllegalArgumentException e) {
        problems.add("%s: %s: %s".formatted(origin, argument, e.getMessage()));
      }
    }
    checkKeys(parts, origin, problems);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new SweepSpace(parts);
  }

  private static void checkKeys(List<Part> parts, String origin, List<String> problems) {
    var seen = new HashMap<String, Part>();
    for (var part : parts) {
      var key = part.key();
      var other = seen.put(key, part);
      if (other != null && (part.axis() != null || other.axis() != null)) {
        problems.add("%s: %s: %s is swept, and given twice; the other is %s"
            .formatted(origin, part.argument(), key, other.argument()));
      }
      if (part.axis() != null && (key.equals("output") || key.matches("sweep(\\..*)?"))) {
        problems.add("%s: %s: %s belongs to the sweep and cannot be swept"
            .formatted(origin, part.argument(), key));
      }
    }
  }

  /**
   * Returns the space with the {@code params} of a configuration before its own arguments, which replace those of the same key.
   *
   * @param origin of the params
   * @throws ConfigException with all problems of swept values
   */
  SweepSpace with(List<String> params, String origin) {
    var given = new LinkedHashSet<String>();
    parts.forEach(part -> given.add(part.key()));
    var all = new ArrayList<Part>();
    parse(params, origin).parts.stream()
        .filter(part -> !given.contains(part.key()))
        .forEach(all::add);
    all.addAll(parts);
    return new SweepSpace(all);
  }

  /** Returns the axes. */
  List<Axis> axes() {
    return parts.stream().filter(part -> part.axis() != null).map(Part::axis).toList();
  }

  /** Returns whether an axis has values that cannot be listed. */
  boolean hasInterval() {
    return axes().stream().anyMatch(axis -> axis.values() instanceof Axis.Interval);
  }

  /** Returns a combination that shows whether the plain arguments fit together. */
  Candidate first() {
    return candidate(axis -> axis.values().draw(0));
  }

  /** Returns a combination that differs from {@link #first} in one axis, if that has several values. */
  Candidate differingIn(Axis axis) {
    return candidate(other -> other.values().draw(other.equals(axis) ? -1 : 0));
  }

  /** Returns all combinations, the last axis changing fastest; there must be no interval. */
  List<Candidate> grid() {
    long size = 1;
    for (var axis : axes()) {
      size *= ((Axis.Listed) axis.values()).all().size();
      if (size > Axis.MOST) {
        throw new ConfigException(List.of(
            "the values have more than %d combinations; give fewer, or sweep.sampler=random with sweep.trials"
                .formatted(Axis.MOST)));
      }
    }
    var combinations = List.of(Map.<String, String>of());
    for (var axis : axes()) {
      var longer = new ArrayList<Map<String, String>>();
      for (var combination : combinations) {
        for (var value : ((Axis.Listed) axis.values()).all()) {
          var with = new HashMap<>(combination);
          with.put(axis.key(), value);
          longer.add(with);
        }
      }
      combinations = longer;
    }
    return combinations.stream()
        .map(values -> candidate(axis -> values.get(axis.key())))
        .toList();
  }

  /** Returns different combinations of that many draws; further draws add to them. */
  List<Candidate> random(int trials, long seed) {
    var drawn = new LinkedHashSet<Candidate>();
    for (int trial = 0; trial < trials; trial++) {
      int number = trial;
      drawn.add(candidate(axis -> axis.values()
          .draw(CounterRandom.bits(seed, CounterRandom.nameHash(axis.key()), number))));
    }
    return List.copyOf(drawn);
  }

  private Candidate candidate(Function<Axis, String> value) {
    var overrides = new ArrayList<String>();
    var arguments = new ArrayList<String>();
    for (var part : parts) {
      if (part.axis() == null) {
        arguments.add(part.argument());
      } else {
        var override = part.axis().key() + "=" + value.apply(part.axis());
        overrides.add(override);
        arguments.add(override);
      }
    }
    return new Candidate(List.copyOf(overrides), List.copyOf(arguments));
  }
}
