package org.tdro.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

  /** Hardly any vocabulary has none of its words, letters and digits. */
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
   * @throws InputException if the file is missing or is no tokenizer
   */
  public static Tokenizer load(Path tokenizerJson) {
    try {
      var bytes = Files.readAllBytes(tokenizerJson);
      var vocabularySize = TokenizerJson.parse(bytes).highestId() + 1;
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
   * The ids of a text, special tokens included, at most {@code maxLength} of them. What is cut are the last ids of the text
   * itself; special tokens that the post-processor puts behind it stay.
   *
   * @throws IllegalArgumentException if {@code maxLength} leaves no room for a token of the text beside the special ones
   */
  public int[] encode(String text, int maxLength) {
    // DJL's Encoding also copies strings and offsets of all tokens out of native memory, most of
    // the time of an encoding.
    var encoding = NATIVE.encode(delegate.getHandle(), text, true);
    try {
      var ids = NATIVE.getTokenIds(encoding);
      if (ids.length <= maxLength) {
        return toInts(ids, ids.length, 0);
      }
      var special = NATIVE.getSpecialTokenMask(encoding);
      var tail = specialAtEnd(special);
      if (maxLength <= tail) {
        throw new IllegalArgumentException("maximum length " + maxLength
            + " leaves no room beside the " + tail + " special tokens at the end");
      }
      return toInts(ids, maxLength, tail);
    } finally {
      NATIVE.deleteEncoding(encoding);
    }
  }

  /** {@link #encode(String, int)} of each text. */
  public int[][] encode(List<String> texts, int maxLength) {
    return texts.stream().map(text -> encode(text, maxLength)).toArray(int[][]::new);
  }

  /** The id of the special token that the file's post-processor puts behind a text, the last of them; empty if it puts none. */
  public Optional<Integer> appendedToken() {
    var encoding = NATIVE.encode(delegate.getHandle(), SAMPLE, true);
    try {
      var ids = NATIVE.getTokenIds(encoding);
      var tail = specialAtEnd(NATIVE.getSpecialTokenMask(encoding));
      if (tail == ids.length) {
        throw new InputException(file + ": its vocabulary has no token of \"" + SAMPLE
            + "\", so what is put behind a text does not show");
      }
      return tail == 0 ? Optional.empty() : Optional.of(Math.toIntExact(ids[ids.length - 1]));
    } finally {
      NATIVE.deleteEncoding(encoding);
    }
  }

  /** The text of ids, special tokens left out. */
  public String decode(int[] ids) {
    var wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      wide[i] = ids[i];
    }
    return delegate.decode(wide, true);
  }

  /** The highest id + 1, added tokens included: the number of rows that an embedding table needs. */
  public int vocabularySize() {
    return vocabularySize;
  }

  /** The SHA-256 of the file's bytes, in hexadecimal. */
  public String fingerprint() {
    return fingerprint;
  }

  public Path file() {
    return file;
  }

  @Override
  public void close() {
    delegate.close();
  }

  /** How many tokens at the end the post-processor put there. */
  private static int specialAtEnd(long[] specialTokenMask) {
    int count = 0;
    while (count < specialTokenMask.length
        && specialTokenMask[specialTokenMask.length - 1 - count] != 0) {
      count++;
    }
    return count;
  }

  /** The first {@code length - tail} ids and the last {@code tail} ones. */
  private static int[] toInts(long[] ids, int length, int tail) {
    var result = new int[length];
    var head = length - tail;
    for (int i = 0; i < length; i++) {
      result[i] = Math.toIntExact(ids[i < head ? i : ids.length - length + i]);
    }
    return result;
  }

  /** The property keeps DJL from looking for anything on the network or sending statistics. */
  private static TokenizersLibrary openLibrary() {
    System.setProperty("ai.djl.offline", "true");
    return TokenizersLibrary.LIB;
  }
}
