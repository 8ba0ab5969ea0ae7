package org.tdro.retriever.distil;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;
import org.tdro.rows.Passage;
import org.tdro.text.Tokenizer;

/**
 * An estimate of how frequent tokens are. The vector of a token of frequency p is multiplied by a / (a + p) with a = {@value
 * #SMOOTHING}: the smooth inverse frequency of Arora, Liang and Ma, <i>A Simple but Tough-to-Beat Baseline for Sentence
 * Embeddings</i> (2017), with Model2Vec's a.
 */
public abstract class TokenFrequencies {
  private static final double SMOOTHING = 1e-4;
  private static final int CHUNK_LINES = 4096;

  private final String description;

  private TokenFrequencies(String description) {
    this.description = description;
  }

  /** Returns frequencies by which no token weighs less than another. */
  public static TokenFrequencies equal() {
    return new TokenFrequencies("none") {
      @Override
      double[] of(Tokenizer tokenizer, int[] tokens) {
        return new double[tokens.length];
      }
    };
  }

  /**
   * Returns the frequencies of Zipf's law where ids are in the order of frequency, as Model2Vec assumes: the i-th token, counted from 0, has the
   * share 1 / (i + 2) over the sum of these.
   */
  public static TokenFrequencies zipf() {
    return new TokenFrequencies(
        "Zipf's law by the order of ids, a / (a + p) with a = " + SMOOTHING) {
      @Override
      double[] of(Tokenizer tokenizer, int[] tokens) {
        var frequencies = new double[tokens.length];
        Arrays.setAll(frequencies, i -> 1.0 / (i + 2));
        return shares(frequencies);
      }
    };
  }

  /**
   * Returns the shares of tokens in a corpus.
   *
   * @param corpus JSON lines with {@code text} and perhaps {@code title}, decompressed if its name ends in {@code .gz}
   * @param counted told the number of texts each time that some were counted
   */
  public static TokenFrequencies in(Path corpus, IntConsumer counted) {
    return new TokenFrequencies(
        "counted in %s, a / (a + p) with a = %s".formatted(corpus.getFileName(), SMOOTHING)) {
      @Override
      double[] of(Tokenizer tokenizer, int[] tokens) {
        var counts = count(corpus, counted, tokenizer);
        var frequencies = Arrays.stream(tokens).mapToDouble(id -> counts[id]).toArray();
        if (Arrays.stream(frequencies).sum() == 0) {
          throw new InputException(corpus + ": holds no text, so nothing can be counted");
        }
        return shares(frequencies);
      }
    };
  }

  /**
   * Returns the frequency of each token.
   *
   * @param tokenizer adds no special tokens
   * @param tokens ids in ascending order
   * @throws InputException listing what is wrong in a corpus
   */
  abstract double[] of(Tokenizer tokenizer, int[] tokens);

  /** Returns the factors of token vectors. */
  final double[] factors(Tokenizer tokenizer, int[] tokens) {
    return Arrays.stream(of(tokenizer, tokens))
        .map(p -> SMOOTHING / (SMOOTHING + p))
        .toArray();
  }

  private static double[] shares(double[] frequencies) {
    double sum = Arrays.stream(frequencies).sum();
    return Arrays.stream(frequencies).map(frequency -> frequency / sum).toArray();
  }

  private static long[] count(Path corpus, IntConsumer counted, Tokenizer tokenizer) {
    var counts = new long[tokenizer.vocabularySize()];
    var problems = new Problems();
    try (var reader = TextLines.open(corpus)) {
      var chunks = reader.chunks(CHUNK_LINES);
      while (chunks.hasNext() && !problems.isFull()) {
        var lines = chunks.next();
        for (var row :
            lines.parallelStream().map(line -> Row.of(line, tokenizer)).toList()) {
          problems.fill(row.problems());
          for (int id : row.tokens()) {
            counts[id]++;
          }
        }
        counted.accept(lines.size());
      }
    } catch (InputException e) {
      problems.fill(e.problems());
    }
    problems.throwIfAny();
    return counts;
  }

  /** A text as token ids, or the problems of its line. */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  private record Row(int[] tokens, List<String> problems) {
    static Row of(TextLines.Line line, Tokenizer tokenizer) {
      try {
        var json = line.object();
        if (!json.path("text").isTextual()) {
          return new Row(new int[0], List.of(line.place() + ": has no text that is a string"));
        }
        var text = new Passage("", string(json.path("title")), string(json.path("text")));
        return new Row(tokenizer.encode(text.content(), Integer.MAX_VALUE), List.of());
      } catch (InputException e) {
        return new Row(new int[0], e.problems());
      }
    }

    private static String string(JsonNode value) {
      return value.isTextual() ? value.asText() : "";
    }
  }

  /** Returns a few words for a model card. */
  @Override
  public final String toString() {
    return description;
  }
}
