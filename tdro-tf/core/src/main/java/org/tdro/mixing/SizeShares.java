package org.tdro.mixing;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Shares of the domains that follow from their numbers of rows n alone: min(n, cap) to the power of {@code power}, divided by their sum.
 *
 * <ul>
 *   <li>{@code uniform}: all the same, power 0
 *   <li>{@code proportional}: n, power 1
 *   <li>{@code sqrt}: the square root of n, power 1/2
 *   <li>{@code temperature(T)}: n to the power of 1/T (Devlin's sampling for multilingual BERT; Arivazhagan et al. 2019)
 *   <li>{@code cap(N)}: min(n, N), the examples-proportional mixing with a limit of T5 (Raffel et al. 2020)
 * </ul>
 *
 * @param power exponent, from 0 for equal shares to 1 for shares like the rows; above 1 favours large domains
 * @param cap number of rows at which all larger domains count the same
 */
public record SizeShares(double power, long cap) {
  /** All domains alike. */
  public static final String UNIFORM = "uniform";

  /** A regular expression of what {@link #parse} takes, so that other text can be a file. */
  public static final String FORMS = "uniform|proportional|sqrt|temperature\\(.*\\)|cap\\(.*\\)";

  /** The forms in words, for messages. */
  public static final String FORMS_IN_WORDS = "uniform, proportional, sqrt, temperature(T), cap(N)";

  private static final Pattern CALL = Pattern.compile("(temperature|cap)\\(\\s*(.*?)\\s*\\)");

  public SizeShares {
    if (!(power >= 0 && power < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("power must be at least 0 and finite, was " + power);
    }
    if (cap < 1) {
      throw new IllegalArgumentException("cap must be at least 1, was " + cap);
    }
  }

  /**
   * Returns the shares that a text means; empty if it has none of the forms.
   *
   * @throws IllegalArgumentException if T or N is not a number that fits
   */
  public static Optional<SizeShares> parse(String text) {
    var word = text.strip();
    var call = CALL.matcher(word);
    if (call.matches()) {
      return Optional.of(
          call.group(1).equals("cap") ? capped(call.group(2)) : tempered(call.group(2)));
    }
    return switch (word) {
      case UNIFORM -> Optional.of(new SizeShares(0, Long.MAX_VALUE));
      case "proportional" -> Optional.of(new SizeShares(1, Long.MAX_VALUE));
      case "sqrt" -> Optional.of(new SizeShares(0.5, Long.MAX_VALUE));
      default -> Optional.empty();
    };
  }

  private static SizeShares tempered(String text) {
    try {
      double temperature = Double.parseDouble(text);
      if (temperature > 0 && temperature < Double.POSITIVE_INFINITY) {
        return new SizeShares(1 / temperature, Long.MAX_VALUE);
      }
    } catch (NumberFormatException e) {
      // It is refused like a number out of range.
    }
    throw new IllegalArgumentException(
        "temperature(%s): T must be a number above 0, 1 for shares like the rows and larger for more equal ones"
            .formatted(text));
  }

  private static SizeShares capped(String text) {
    try {
      long cap = Long.parseLong(text);
      if (cap > 0) {
        return new SizeShares(1, cap);
      }
    } catch (NumberFormatException e) {
      // It is refused like a number out of range.
    }
    throw new IllegalArgumentException(
        "cap(%s): N must be a whole number of rows, at least 1".formatted(text));
  }

  /**
   * Returns a value for each domain, 0 for one without rows; they need not sum to 1.
   *
   * @param rows number of rows of each domain
   */
  public double[] of(long[] rows) {
    // High powers of counts overflow, those of their ratios do not.
    double unit = power > 1 ? Math.min(Arrays.stream(rows).max().orElse(1), cap) : 1;
    return Arrays.stream(rows)
        .mapToDouble(n -> n == 0 ? 0 : Math.pow(Math.min(n, cap) / unit, power))
        .toArray();
  }
}
