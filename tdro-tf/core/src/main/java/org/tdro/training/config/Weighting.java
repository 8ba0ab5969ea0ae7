package org.tdro.training.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tdro.mixing.SizeShares;

/**
 * A way to get domain weights, as {@code pipeline.weightings} names it.
 *
 * @param text what was written; it names the column of tables
 * @param source where the weights come from
 * @param selection the file of learned weights that is taken; empty for the one that the method calls its result
 * @param group the option of group {@code dro} by which they are learned; empty for the pipeline's own settings
 */
public record Weighting(
    String text, Source source, Optional<String> selection, Optional<String> group) {

  /** The places that weights come from. */
  public enum Source {
    /** Numbers of rows: {@link SizeShares}. */
    SHARES,
    /** A weights file. */
    FILE,
    /** Stage dro. */
    LEARNED,
    /** A search that looks at development queries. */
    SEARCHED,
    /** The merge that was found best, which is not fine-tuned. */
    MERGED,
    /** The domains that an audit does not suspect, in equal shares. */
    AUDITED
  }

  /** The forms in words, for messages. */
  public static final String FORMS = SizeShares.FORMS_IN_WORDS
      + ", FILE.json, leave-one-out, regression, merge, merged, audited, curr, mean, ema, gap, topP, or of another option of group dro: OPTION, curr(OPTION), topP(OPTION) and so on";

  /** The names that have no argument. */
  public static final List<String> NAMES = List.of(
      "uniform",
      "proportional",
      "sqrt",
      "curr",
      "mean",
      "ema",
      "gap",
      "leave-one-out",
      "regression",
      "merge",
      "merged",
      "audited");

  private static final Map<String, Source> WORDS = Map.of(
      "leave-one-out", Source.SEARCHED,
      "regression", Source.SEARCHED,
      "merge", Source.SEARCHED,
      "merged", Source.MERGED,
      "audited", Source.AUDITED);

  private static final Pattern SELECTION = Pattern.compile("curr|mean|ema|gap|top[0-9]+");
  private static final Pattern OPTION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_./-]*");
  private static final Pattern SELECTION_OF_OPTION =
      Pattern.compile("(" + SELECTION + ")\\(\\s*(" + OPTION + ")\\s*\\)");
  private static final String JSON = ".json";

  /**
   * Returns the weighting that a text means. A word that is not known is taken as an option of group {@code dro}.
   *
   * @throws IllegalArgumentException if it has none of the forms
   */
  public static Weighting parse(String text) {
    var word = text.strip();
    if (SizeShares.parse(word).isPresent()) {
      return new Weighting(word, Source.SHARES, Optional.empty(), Optional.empty());
    }
    if (word.toLowerCase(Locale.ROOT).endsWith(JSON)) {
      return new Weighting(word, Source.FILE, Optional.empty(), Optional.empty());
    }
    if (WORDS.containsKey(word)) {
      return new Weighting(word, WORDS.get(word), Optional.empty(), Optional.empty());
    }
    if (SELECTION.matcher(word).matches()) {
      return new Weighting(word, Source.LEARNED, Optional.of(word), Optional.empty());
    }
    var selected = SELECTION_OF_OPTION.matcher(word);
    if (selected.matches()) {
      return new Weighting(
          word, Source.LEARNED, Optional.of(selected.group(1)), Optional.of(selected.group(2)));
    }
    if (OPTION.matcher(word).matches()) {
      return new Weighting(word, Source.LEARNED, Optional.empty(), Optional.of(word));
    }
    throw new IllegalArgumentException(
        "'%s' is not a weighting; there are %s".formatted(text, FORMS));
  }

  /** Returns the name of the folder of its fine-tuning. */
  public String folder() {
    var name = source == Source.FILE
        ? text.substring(text.lastIndexOf('/') + 1, text.length() - JSON.length())
        : text;
    return "finetune-" + name.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("-+$", "");
  }

  /** Returns the percentage of the domains that a selection {@code topP} keeps; empty for other weightings. */
  public Optional<Integer> percent() {
    return selection
        .filter(word -> word.startsWith("top"))
        .map(word -> Integer.valueOf(word.substring(3)));
  }
}
