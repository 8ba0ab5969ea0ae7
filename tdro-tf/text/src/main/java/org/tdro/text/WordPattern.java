package org.tdro.text;

import java.util.Arrays;
import java.util.Optional;

/** The regular expressions by which published byte-level tokenizers split a text into words. */
public enum WordPattern {
  /** GPT-2 (Radford et al. 2019), which the tokenizers library uses where a file has no pattern, and RoBERTa. */
  GPT2(
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      false,
      Integer.MAX_VALUE),
  /** StarCoder: as GPT-2, after each digit has become a word. */
  STARCODER(GPT2.regex, false, Integer.MAX_VALUE),
  /** BLOOM: runs of whatever is neither white space nor a certain mark, and what is between them. */
  BLOOM(" ?" + WordPattern.BLOOM_LETTER + "+", false, Integer.MAX_VALUE),
  /** Llama 3: any case of contractions, letters after any one other character, line ends by themselves, at most three digits. */
  LLAMA3(later("\\p{N}{1,3}"), true, 3),
  /** Qwen 2: as Llama 3, with digits one by one. */
  QWEN2(later("\\p{N}"), true, 1);

  /** What runs are made of in {@link #BLOOM}: neither of parentheses, white space, the bar nor the marks of the nested class. */
  static final String BLOOM_LETTER = "[^(\\s|[.,!?…。，、।۔،])]";

  private final String regex;
  private final boolean isLater;
  private final int digits;

  WordPattern(String regex, boolean isLater, int digits) {
    this.regex = regex;
    this.isLater = isLater;
    this.digits = digits;
  }

  private static String later(String digits) {
    return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" + digits
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  }

  static Optional<WordPattern> of(String regex) {
    return Arrays.stream(values())
        .filter(pattern -> pattern.regex.equals(regex))
        .findFirst();
  }

  /** Returns the regular expression. */
  public String regex() {
    return regex;
  }

  /** Returns whether it is of the later kind: any one character may begin a word of letters, and lines end words. */
  public boolean isLater() {
    return isLater;
  }

  /** Returns the most digits of a word; a blank belongs to a word of digits only if there is no limit. */
  public int digits() {
    return digits;
  }

  /** Returns how a contraction is found, in the syntax of the pattern. */
  String contraction(String letters) {
    return isLater ? "(?i:" + letters + ")" : letters;
  }
}
