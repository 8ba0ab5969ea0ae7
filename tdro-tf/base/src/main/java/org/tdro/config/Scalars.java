package org.tdro.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The text form of values without parts, as files hold them. */
final class Scalars {
  private Scalars() {}

  /** Returns the value of a type that {@code text} denotes, or nothing if it denotes none. */
  static Optional<Object> parse(Class<?> type, String text) {
    try {
      if (type == String.class) {
        return Optional.of(text);
      }
      if (type == Path.class) {
        // An empty path would be the working folder.
        return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
      }
      if (type == int.class || type == Integer.class) {
        return Optional.of(new BigDecimal(text).intValueExact());
      }
      if (type == long.class || type == Long.class) {
        return Optional.of(new BigDecimal(text).longValueExact());
      }
      if (type == double.class || type == Double.class) {
        return Optional.of(new BigDecimal(text).doubleValue());
      }
      if (type == float.class || type == Float.class) {
        return Optional.of(new BigDecimal(text).floatValue());
      }
      if (type == boolean.class || type == Boolean.class) {
        return truth(text);
      }
      if (type.isEnum()) {
        return constant(type, text);
      }
      throw new IllegalStateException("a configuration cannot hold a " + type);
    } catch (ArithmeticException | NumberFormatException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Describes a type in messages: {@code a whole number}, {@code one of cosine, dot}. */
  static String describe(Class<?> type) {
    if (type == String.class) {
      return "a string";
    }
    if (type == Path.class) {
      return "a path";
    }
    if (List.of(double.class, Double.class, float.class, Float.class).contains(type)) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    return type.isEnum() ? "one of " + String.join(", ", words(type)) : "a whole number";
  }

  /** Returns the words of an enum; none for other types. */
  static List<String> words(Class<?> type) {
    if (!type.isEnum()) {
      return List.of();
    }
    return Stream.of(type.getEnumConstants())
        .map(constant -> word((Enum<?>) constant))
        .toList();
  }

  /** Returns the text that {@link #parse} reads as {@code value}. */
  static String text(Object value) {
    if (value instanceof Enum<?> constant) {
      return word(constant);
    }
    if (value instanceof Double || value instanceof Float) {
      var exact = new BigDecimal(value.toString()).stripTrailingZeros();
      return (exact.scale() < 0 ? exact.setScale(0) : exact).toString();
    }
    return value.toString();
  }

  /** Returns {@code IN_BATCH} as {@code in-batch}, unless a {@link Key} gives another word. */
  static String word(Enum<?> constant) {
    try {
      var key = constant.getDeclaringClass().getField(constant.name()).getAnnotation(Key.class);
      return key == null ? constant.name().replace('_', '-').toLowerCase(Locale.ROOT) : key.value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
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
        .filter(constant -> word((Enum<?>) constant).equals(text))
        .map(Object.class::cast)
        .findFirst();
  }
}
