package org.tdro.retrieval;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.tdro.text.Tokenizer;

/** A trained retriever: turns texts into embeddings whose products say how well they match. Owns its model and tokenizer. */
public final class Retriever implements AutoCloseable {
  private final RetrieverSettings settings;
  private final Tokenizer tokenizer;
  private final EncoderModel model;

  private Retriever(RetrieverSettings settings, Tokenizer tokenizer, EncoderModel model) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /**
   * Loads a retriever.
   *
   * @param runOrModel a run's folder or the model's folder in it
   * @throws IllegalArgumentException if it holds no retriever, or weights that do not fit it
   * @throws org.tdro.data.DataException if its tokenizer has ids that the model does not have
   */
  public static Retriever load(Path runOrModel) {
    return load(runOrModel, OptionalInt.empty());
  }

  /**
   * Loads a retriever whose embeddings are cut to {@code dimension}; whole where it is empty.
   *
   * @throws IllegalArgumentException also if {@code dimension} is below 1 or above that of the whole
   */
  public static Retriever load(Path runOrModel, OptionalInt dimension) {
    var folder = RetrieverFolder.of(runOrModel);
    var settings = folder.settings(dimension);
    var tokenizer = Tokenizer.load(folder.tokenizer());
    EncoderModel model = null;
    try {
      Vocabulary.check(tokenizer, settings.spec());
      model = new EncoderModel(settings.spec(), 0);
      model.loadWeights(folder.weights());
      return new Retriever(settings, tokenizer, model);
    } catch (RuntimeException e) {
      if (model != null) {
        model.close();
      }
      tokenizer.close();
      throw e;
    }
  }

  /** The token ids of texts, prompts and special tokens included. */
  public int[][] tokenize(TextKind kind, String task, List<String> texts) {
    return texts.parallelStream().map(text -> tokenize(kind, task, text)).toArray(int[][]::new);
  }

  /** The token ids of a text, prompt and special tokens included. */
  public int[] tokenize(TextKind kind, String task, String text) {
    return tokenizer.encode(settings.prompt(kind, task).apply(text), settings.maxLength(kind));
  }

  /** The embeddings of texts that were tokenised, in their order. */
  public Embeddings encode(TextKind kind, int[][] ids) {
    return encode(kind, ids, TokenEncoding.DEFAULT);
  }

  /** The embeddings of texts that were tokenised, in their order, batched as {@code batches} say. */
  public Embeddings encode(TextKind kind, int[][] ids, TokenEncoding batches) {
    Vocabulary.check(ids, settings.spec());
    return batches.encode(model, ids, 0, settings.maxLength(kind));
  }

  /** What it is besides weights and tokenizer. */
  public RetrieverSettings settings() {
    return settings;
  }

  /** Its tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public void close() {
    model.close();
    tokenizer.close();
  }
}
