package org.tdro.experiments.sweep;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.tdro.config.ArgumentText;
import org.tdro.io.CounterRandom;

/**
 * A swept argument in Hydra's grammar: {@code key=a,b}, {@code key=choice(a,b)}, {@code key=range(1,6)} or {@code key=interval(0,1)}.
 * Quotes, brackets, braces and parentheses hold a value together: {@code key=[a,b],[c]} has two values.
 *
 * @param key the key with its prefix, if it has one, such as {@code +}
 * @param values the values to choose from
 */
record Axis(String key, Values values) {
  private static final Pattern FUNCTION = Pattern.compile("([a-z_]+)\\((.*)\\)", Pattern.DOTALL);
  private static final Set<String> FUNCTIONS = Set.of("choice", "range", "interval", "tag");

  /** Functions of Hydra that are refused by name rather than taken as text. */
  private static final Set<String> UNSUPPORTED =
      Set.of("glob", "sort", "shuffle", "int", "float", "str", "bool");

  private static final MathContext DIGITS = new MathContext(6);
  private static final double UNIT = 0x1.0p-53;
  static final int MOST = 100_000;

  /** Whole numbers up to here are exact as floating-point numbers. */
  private static final BigDecimal EXACT = BigDecimal.valueOf(1L << 53);

  /** The values of an axis. */
  sealed interface Values {
    /** Returns the value that 64 random bits choose. */
    String draw(long bits);
  }

  /** Values that are listed. */
  record Listed(List<String> all) implements Values {
    @Override
    public String draw(long bits) {
      return all.get(CounterRandom.below(all.size(), bits));
    }
  }

  /**
   * The numbers between two.
   *
   * @param whole whether only whole numbers are meant, both ends included
   * @param log whether the logarithm is drawn uniformly instead of the number
   */
  record Interval(double start, double end, boolean whole, boolean log) implements Values {
    @Override
    public String draw(long bits) {
      double share = (bits >>> 11) * UNIT;
      double last = whole ? end + 1 : end;
      double value = log
          ? Math.exp(Math.log(start) + share * (Math.log(last) - Math.log(start)))
          : start + share * (last - start);
      return whole
          ? Long.toString((long) Math.min(end, Math.floor(value)))
          : new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString();
    }
  }

  /**
   * Parses an argument.
   *
   * @return the axis; empty for an argument with one value, which is not swept
   * @throws IllegalArgumentException saying what is wrong with the values
   */
  static Optional<Axis> parse(String argument) {
    int equals = ArgumentText.firstEquals(argument);
    if (equals <= 0 || argument.startsWith("~")) {
      return Optional.empty();
    }
    var key = argument.substring(0, equals).strip();
    var text = argument.substring(equals + 1).strip();
    var function = FUNCTION.matcher(text);
    if (function.matches() && isOne(text)) {
      if (FUNCTIONS.contains(function.group(1))) {
        return Optional.of(new Axis(key, function(function.group(1), function.group(2), false)));
      }
      checkSupported(text);
    }
    var values = ArgumentText.split(text);
    if (values.size() == 1) {
      return Optional.empty();
    }
    values.forEach(Axis::checkSupported);
    values.forEach(Axis::checkNotNested);
    return Optional.of(new Axis(key, listed(values)));
  }

  private static boolean isOne(String text) {
    return ArgumentText.split(text).size() == 1;
  }

  private static void checkSupported(String value) {
    var function = FUNCTION.matcher(value);
    if (function.matches() && UNSUPPORTED.contains(function.group(1))) {
      throw new IllegalArgumentException(
          "%s() is not supported; there are choice(), range(), interval() and tag(log, interval()); text needs quotes"
              .formatted(function.group(1)));
    }
  }

  private static void checkNotNested(String value) {
    var function = FUNCTION.matcher(value);
    if (function.matches() && FUNCTIONS.contains(function.group(1))) {
      throw new IllegalArgumentException(
          value + " cannot be one of several values; text needs quotes");
    }
  }

  private static Values function(String name, String inner, boolean log) {
    var parameters = inner.isBlank() ? List.<String>of() : ArgumentText.split(inner);
    return switch (name) {
      case "choice" -> {
        if (parameters.isEmpty()) {
          throw new IllegalArgumentException("choice() needs at least one value");
        }
        parameters.forEach(Axis::checkSupported);
        parameters.forEach(Axis::checkNotNested);
        yield listed(parameters);
      }
      case "range" -> range(parameters);
      case "interval" -> interval(parameters, log);
      default -> tagged(parameters);
    };
  }

  private static Values tagged(List<String> parameters) {
    var function =
        FUNCTION.matcher(parameters.isEmpty() ? "" : parameters.get(parameters.size() - 1));
    if (parameters.size() != 2
        || !parameters.get(0).equals("log")
        || !function.matches()
        || !function.group(1).equals("interval")) {
      throw new IllegalArgumentException("tag() must be tag(log, interval(START, END))");
    }
    return function("interval", function.group(2), true);
  }

  private static Listed listed(List<String> values) {
    var different = new LinkedHashSet<String>();
    for (var value : values) {
      if (value.isEmpty()) {
        throw new IllegalArgumentException(
            "there is an empty value; empty text is \"\", and text with commas needs quotes");
      }
      if (!different.add(value)) {
        throw new IllegalArgumentException(value + " is there twice");
      }
    }
    return new Listed(List.copyOf(different));
  }

  /** Returns the numbers of {@code range(stop)}, {@code range(start, stop)} or {@code range(start, stop, step)}, without the stop. */
  private static Listed range(List<String> parameters) {
    if (parameters.isEmpty() || parameters.size() > 3) {
      throw new IllegalArgumentException(
          "range() must be range(STOP), range(START, STOP) or range(START, STOP, STEP)");
    }
    boolean alone = parameters.size() == 1;
    var start = alone ? BigDecimal.ZERO : number("range", "start", parameters.get(0));
    var stop = number("range", "stop", parameters.get(alone ? 0 : 1));
    var step = parameters.size() == 3 ? number("range", "step", parameters.get(2)) : BigDecimal.ONE;
    if (step.signum() == 0) {
      throw new IllegalArgumentException("the step of range() must not be 0");
    }
    var values = new ArrayList<String>();
    for (var value = start; value.compareTo(stop) * step.signum() < 0; value = value.add(step)) {
      if (values.size() == MOST) {
        throw new IllegalArgumentException("range() has more than " + MOST + " values");
      }
      values.add(value.toPlainString());
    }
    if (values.isEmpty()) {
      throw new IllegalArgumentException(
          "range(%s) has no values".formatted(String.join(",", parameters)));
    }
    return listed(values);
  }

  private static Interval interval(List<String> parameters, boolean log) {
    if (parameters.size() != 2) {
      throw new IllegalArgumentException("interval() must be interval(START, END)");
    }
    var start = number("interval", "start", parameters.get(0));
    var end = number("interval", "end", parameters.get(1));
    if (start.compareTo(end) >= 0) {
      throw new IllegalArgumentException("the start of interval() must be below its end");
    }
    boolean whole = isWhole(parameters.get(0)) && isWhole(parameters.get(1));
    if (whole && start.abs().max(end.abs()).compareTo(EXACT) > 0) {
      throw new IllegalArgumentException(
          "whole numbers of interval() must be from -%1$s to %1$s".formatted(EXACT));
    }
    double width = end.doubleValue() - start.doubleValue();
    if (width == 0 || Double.isInfinite(width)) {
      throw new IllegalArgumentException(
          "the start and end of interval() are too %s for numbers of double precision"
              .formatted(width == 0 ? "close together" : "far apart"));
    }
    if (log && start.signum() <= 0) {
      throw new IllegalArgumentException("the start of a log interval() must be above 0");
    }
    return new Interval(start.doubleValue(), end.doubleValue(), whole, log);
  }

  private static boolean isWhole(String number) {
    return number.matches("(?:[a-z]+ *= *)?[+-]?[0-9]+");
  }

  private static BigDecimal number(String function, String name, String text) {
    var digits = text.replaceFirst("^" + name + " *= *", "");
    try {
      var number = new BigDecimal(digits);
      double rounded = number.doubleValue();
      if (Double.isInfinite(rounded) || (rounded == 0 && number.signum() != 0)) {
        throw new IllegalArgumentException(
            "the %s of %s() must be from 1e-323 to 1e308 in size, was %s"
                .formatted(name, function, text));
      }
      return number;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the %s of %s() must be a number, was %s".formatted(name, function, text), e);
    }
  }
}
