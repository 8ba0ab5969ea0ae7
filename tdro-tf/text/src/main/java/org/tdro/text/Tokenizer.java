package org.tdro.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;

/**
 * A Hugging Face {@code tokenizer.json}, run by DJL's binding of the tokenizers library. Thread-safe.
 *
 * <p>Ids come without padding, with the special tokens that the file's post-processor adds. Cutting to a maximum length keeps
 * the special tokens at the end: a retriever that pools the last token must find the end token there.
 */
public final class Tokenizer implements AutoCloseable {
  private static final TokenizersLibrary NATIVE = openLibrary();

  /** The part of a longer text that is tokenised first, in characters, and the least for each token that is wanted of it. */
  private static final int PART = 1 << 16;

  private static final int PART_PER_TOKEN = 16;

  /** The tokens that a part must have beyond those wanted of it, so that its end does not change these. */
  private static final int MARGIN = 64;

  /** A text of which any usual vocabulary has some word, letter or digit. */
  private static final String SAMPLE = "The 1 of a text 一 b c";

  private final Path file;
  private final String fingerprint;
  private final int vocabularySize;
  private final HuggingFaceTokenizer delegate;

  private Tokenizer(
      Path file, String fingerprint, int vocabularySize, HuggingFaceTokenizer delegate) {
    this.file = file;
    this.fingerprint = fingerprint;
    this.vocabularySize = vocabularySize;
    this.delegate = delegate;
  }

  /**
   * Reads a {@code tokenizer.json}.
   *
   * @throws InputException if the file is missing or is not a tokenizer
   */
  public static Tokenizer load(Path tokenizerJson) {
    try {
      var bytes = Files.readAllBytes(tokenizerJson);
      var vocabularySize = TokenizerJson.parse(tokenizerJson, bytes).highestId() + 1;
      if (vocabularySize == 0) {
        throw new InputException(tokenizerJson + ": not a tokenizer.json, it has no vocabulary");
      }
      var delegate = HuggingFaceTokenizer.builder()
          .optTokenizerPath(tokenizerJson)
          .optTruncation(false)
          .optPadding(false)
          .build();
      return new Tokenizer(tokenizerJson, Sha256.of(bytes), vocabularySize, delegate);
    } catch (NoSuchFileException e) {
      throw new InputException(tokenizerJson + ": there is no such tokenizer file", e);
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new InputException(
          tokenizerJson + ": cannot be read as a tokenizer.json: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the ids of a text, special tokens included, at most {@code maxLength} of them. The last ids of the text itself are
   * cut; special tokens that the post-processor puts after it stay. The text is made {@linkplain #wellFormed well-formed}. Of a
   * very long text only as much is tokenised as these ids need.
   *
   * @throws IllegalArgumentException if {@code maxLength} leaves no room for a token of the text beside the special ones
   */
  public int[] encode(String text, int maxLength) {
    var whole = wellFormed(text);
    for (long part = Math.max(PART, (long) PART_PER_TOKEN * maxLength);
        part < whole.length();
        part *= 2) {
      var ids = encode(whole.substring(0, wordEnd(whole, (int) part)), maxLength, MARGIN);
      if (ids.isPresent()) {
        return ids.get();
      }
    }
    return encode(whole, maxLength, 0).orElseThrow();
  }

  /**
   * Returns the text with U+FFFD in the place of each surrogate that is not half of a pair. Such a character has no form in UTF-8;
   * native code would replace others of the text with it.
   */
  public static String wellFormed(String text) {
    StringBuilder mended = null;
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isSurrogate(text.charAt(i))) {
        continue;
      }
      if (Character.isSupplementaryCodePoint(text.codePointAt(i))) {
        i++;
        continue;
      }
      mended = mended == null ? new StringBuilder(text) : mended;
      mended.setCharAt(i, '\uFFFD');
    }
    return mended == null ? text : mended.toString();
  }

  /** Returns the end of the last word that ends at {@code end} or a little before it; that of a character if there is none. */
  private static int wordEnd(String text, int end) {
    for (int i = end; i > end - PART / 2; i--) {
      if (Character.isWhitespace(text.charAt(i))) {
        return i;
      }
    }
    return Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end;
  }

  /** Returns the first ids of a text; with a margin, nothing if it does not have that many more than {@code maxLength}. */
  private Optional<int[]> encode(String text, int maxLength, int margin) {
    // DJL's Encoding also copies strings and offsets of all tokens, which takes most of the time.
    var encoding = NATIVE.encode(delegate.getHandle(), text, true);
    try {
      var ids = NATIVE.getTokenIds(encoding);
      if (margin > 0 && ids.length < (long) maxLength + margin) {
        return Optional.empty();
      }
      if (ids.length <= maxLength) {
        return Optional.of(toInts(ids, ids.length, 0));
      }
      var special = NATIVE.getSpecialTokenMask(encoding);
      var tail = specialAtEnd(special);
      if (maxLength <= tail) {
        throw new IllegalArgumentException("maximum length " + maxLength
            + " leaves no room beside the special tokens at the end, of which there are " + tail);
      }
      return Optional.of(toInts(ids, maxLength, tail));
    } finally {
      NATIVE.deleteEncoding(encoding);
    }
  }

  /** Returns the ids of each text, as {@link #encode(String, int)}. */
  public int[][] encode(List<String> texts, int maxLength) {
    return texts.stream().map(text -> encode(text, maxLength)).toArray(int[][]::new);
  }

  /** Returns the id of the first special token that the post-processor puts before a text; empty if it puts none there. */
  Optional<Integer> prependedToken() {
    return special(mask -> mask[0] == 0 ? -1 : 0);
  }

  /** Returns the id of the last special token that the post-processor puts after a text; empty if it puts none there. */
  public Optional<Integer> appendedToken() {
    return special(mask -> mask[mask.length - 1] == 0 ? -1 : mask.length - 1);
  }

  /**
   * Returns the id of one of the tokens of a sample.
   *
   * @param place returns its place by the mask of special tokens; -1 for none
   */
  private Optional<Integer> special(ToIntFunction<long[]> place) {
    var encoding = NATIVE.encode(delegate.getHandle(), SAMPLE, true);
    try {
      var ids = NATIVE.getTokenIds(encoding);
      var mask = NATIVE.getSpecialTokenMask(encoding);
      requireText(mask);
      int at = place.applyAsInt(mask);
      return at < 0 ? Optional.empty() : Optional.of(Math.toIntExact(ids[at]));
    } finally {
      NATIVE.deleteEncoding(encoding);
    }
  }

  /** Returns each token as a text of its own, with the special tokens that the post-processor puts around a text. */
  public int[][] encodeEach(int[] tokens) {
    var encoding = NATIVE.encode(delegate.getHandle(), SAMPLE, true);
    try {
      var ids = NATIVE.getTokenIds(encoding);
      var mask = NATIVE.getSpecialTokenMask(encoding);
      int after = specialAtEnd(mask);
      requireText(mask);
      int before = 0;
      while (mask[before] != 0) {
        before++;
      }
      var texts = new int[tokens.length][];
      for (int i = 0; i < tokens.length; i++) {
        texts[i] = new int[before + 1 + after];
        for (int at = 0; at < before; at++) {
          texts[i][at] = Math.toIntExact(ids[at]);
        }
        texts[i][before] = tokens[i];
        for (int at = 1; at <= after; at++) {
          texts[i][before + at] = Math.toIntExact(ids[ids.length - after + at - 1]);
        }
      }
      return texts;
    } finally {
      NATIVE.deleteEncoding(encoding);
    }
  }

  private void requireText(long[] specialTokenMask) {
    if (Arrays.stream(specialTokenMask).allMatch(special -> special != 0)) {
      throw new InputException(file + ": its vocabulary has no token of \"" + SAMPLE
          + "\", so what is put around a text does not show");
    }
  }

  /** Returns whether the post-processor puts special tokens around a text, or within it. */
  public boolean addsSpecialTokens() {
    return length(SAMPLE, true) > length(SAMPLE, false);
  }

  private int length(String text, boolean withSpecialTokens) {
    var encoding = NATIVE.encode(delegate.getHandle(), text, withSpecialTokens);
    try {
      return NATIVE.getTokenIds(encoding).length;
    } finally {
      NATIVE.deleteEncoding(encoding);
    }
  }

  /** Returns the text of ids, without special tokens. */
  public String decode(int[] ids) {
    var wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      wide[i] = ids[i];
    }
    return delegate.decode(wide, true);
  }

  /** Returns the highest id + 1, added tokens included: the number of rows that an embedding table needs. */
  public int vocabularySize() {
    return vocabularySize;
  }

  /** Returns the SHA-256 of the file's bytes, in hexadecimal. */
  public String fingerprint() {
    return fingerprint;
  }

  /** Returns the file that was read. */
  public Path file() {
    return file;
  }

  /**
   * Returns the length to which the texts of a batch are padded: that of the longest, rounded up to a multiple so that few
   * different shapes arise, but at most {@code maxLength}.
   */
  public static int paddedLength(int longest, int multiple, int maxLength) {
    return (int) Math.min(maxLength, (longest + multiple - 1L) / multiple * multiple);
  }

  @Override
  public void close() {
    delegate.close();
  }

  /** Returns how many tokens at the end the post-processor put there. */
  private static int specialAtEnd(long[] specialTokenMask) {
    int count = 0;
    while (count < specialTokenMask.length
        && specialTokenMask[specialTokenMask.length - 1 - count] != 0) {
      count++;
    }
    return count;
  }

  /** Returns the first {@code length - tail} ids and the last {@code tail} ones. */
  private static int[] toInts(long[] ids, int length, int tail) {
    var result = new int[length];
    var head = length - tail;
    for (int i = 0; i < length; i++) {
      result[i] = Math.toIntExact(ids[i < head ? i : ids.length - length + i]);
    }
    return result;
  }

  /** Returns the ids that a tokenizer of the library gives a text, without special tokens around it. */
  static long[] ids(HuggingFaceTokenizer tokenizer, String text) {
    var encoding = NATIVE.encode(tokenizer.getHandle(), text, false);
    try {
      return NATIVE.getTokenIds(encoding);
    } finally {
      NATIVE.deleteEncoding(encoding);
    }
  }

  /** Returns the native library. */
  static TokenizersLibrary library() {
    return NATIVE;
  }

  /** Loads the native library; the property keeps DJL from using the network. */
  private static TokenizersLibrary openLibrary() {
    System.setProperty("ai.djl.offline", "true");
    return TokenizersLibrary.LIB;
  }
}
