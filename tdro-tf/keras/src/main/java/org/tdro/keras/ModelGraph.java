package org.tdro.keras;

import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;

/** The graph of a model, and the session in which its variables have their values. */
final class ModelGraph implements AutoCloseable {
  private final Graph graph = new Graph();
  private final long seed;
  private final Ops tf;
  private final Session session;
  private final Variables variables;
  private final StepCounter counter;
  private int initialized;

  /** Opens both, or neither where this throws. */
  ModelGraph(long seed, ConfigProto config) {
    this.seed = seed;
    Session opened = null;
    try {
      tf = Ops.create(graph);
      opened = new Session(graph, config);
      variables = new Variables(graph, "");
      counter = new StepCounter(tf);
      session = opened;
    } catch (RuntimeException | Error e) {
      if (opened != null) {
        opened.close();
      }
      graph.close();
      throw e;
    }
  }

  Graph graph() {
    return graph;
  }

  Ops tf() {
    return tf;
  }

  StepCounter counter() {
    return counter;
  }

  Variables variables() {
    return variables;
  }

  /** The session, after the variables that were added since have got their initial values. */
  Session session() {
    initialize(Set.of(), nothing -> {});
    return session;
  }

  /** Gives the variables without a value their initial ones, but for {@code loaded}, which {@code loading} sets. */
  void initialize(Collection<Weight> loaded, Consumer<Session> loading) {
    var all = variables.all();
    if (initialized < all.size()) {
      var skipped = Set.copyOf(loaded);
      var others = all.subList(initialized, all.size()).stream()
          .filter(weight -> !skipped.contains(weight))
          .toList();
      Variables.initialize(tf, session, others, seed);
      initialized = all.size();
    }
    loading.accept(session);
  }

  /** Drops variables and their memory, and accepts further ones. */
  void remove(Collection<Weight> dropped) {
    variables.remove(tf, session(), dropped);
    variables.open();
    initialized = variables.all().size();
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
