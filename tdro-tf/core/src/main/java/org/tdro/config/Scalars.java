package org.tdro.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Values without parts: what they look like in a file, and back. */
final class Scalars {
  private Scalars() {}

  /** The value that {@code text} says, or nothing if it says none of that type. */
  static Optional<Object> parse(Class<?> type, String text) {
    try {
      if (type == String.class) {
        return Optional.of(text);
      }
      if (type == Path.class) {
        return Optional.of(Path.of(text));
      }
      if (type == int.class || type == Integer.class) {
        return Optional.of(new BigDecimal(text).intValueExact());
      }
      if (type == long.class) {
        return Optional.of(new BigDecimal(text).longValueExact());
      }
      if (type == double.class || type == Double.class) {
        return Optional.of(new BigDecimal(text).doubleValue());
      }
      if (type == boolean.class) {
        return truth(text);
      }
      if (type.isEnum()) {
        return constant(type, text);
      }
      throw new IllegalStateException("no configuration value is a " + type);
    } catch (ArithmeticException | NumberFormatException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** For messages: {@code a whole number}, {@code one of cosine, dot}. */
  static String describe(Class<?> type) {
    if (type == String.class) {
      return "a string";
    }
    if (type == Path.class) {
      return "a path";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    return type.isEnum() ? "one of " + String.join(", ", words(type)) : "a whole number";
  }

  /** The words that a closed set of values is written with; none for other types. */
  static List<String> words(Class<?> type) {
    if (!type.isEnum()) {
      return List.of();
    }
    return Stream.of(type.getEnumConstants())
        .map(constant -> Names.key((Enum<?>) constant))
        .toList();
  }

  /** The text that {@link #parse} reads as {@code value}. */
  static String text(Object value) {
    if (value instanceof Enum<?> constant) {
      return Names.key(constant);
    }
    if (value instanceof Double number) {
      return number(number);
    }
    return value.toString();
  }

  private static String number(double value) {
    var exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    return (exact.scale() < 0 ? exact.setScale(0) : exact).toString();
  }

  private static Optional<Object> truth(String text) {
    return switch (text) {
      case "true", "yes", "on" -> Optional.of(true);
      case "false", "no", "off" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  private static Optional<Object> constant(Class<?> type, String text) {
    return Stream.of(type.getEnumConstants())
        .filter(constant -> Names.key((Enum<?>) constant).equals(text))
        .map(Object.class::cast)
        .findFirst();
  }
}
