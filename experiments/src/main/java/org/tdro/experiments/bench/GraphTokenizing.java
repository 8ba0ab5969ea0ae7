package org.tdro.experiments.bench;

import java.nio.file.Path;
import java.util.List;
import org.tdro.export.tokenizer.GraphTokenizer;
import org.tdro.text.InexpressibleTokenizerException;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** A tokenizer in a graph of its own, as exports that take texts have it. Owns graph and session. */
public final class GraphTokenizing implements AutoCloseable {
  private final Graph graph = new Graph();
  private final Session session;
  private final Operand<TString> texts;
  private final Operand<TInt32> ids;

  /**
   * Builds the graph.
   *
   * @param maxLength longer texts are cut
   * @throws InexpressibleTokenizerException with the reason if no graph has the same tokens
   */
  public GraphTokenizing(Path tokenizerJson, int maxLength) throws InexpressibleTokenizerException {
    try {
      var tf = Ops.create(graph);
      texts = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
      ids = GraphTokenizer.read(tokenizerJson).tokenize(tf, texts, maxLength).ids();
      session = new Session(graph);
    } catch (InexpressibleTokenizerException | RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /** Tokenises texts as one batch, and leaves the tokens aside. */
  public void run(List<String> batch) {
    try (var fed = TString.vectorOf(batch.toArray(String[]::new));
        var result = session.runner().feed(texts, fed).fetch(ids).run()) {
      if (result.get(0).shape().get(0) != batch.size()) {
        throw new IllegalStateException("a batch of %d texts has tokens of shape %s"
            .formatted(batch.size(), result.get(0).shape()));
      }
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
