package org.tdro.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.sets.Layout;
import org.tdro.evaluation.sets.StoredSet;
import org.tdro.evaluation.sets.Suite;
import org.tdro.io.InputException;
import org.tdro.io.Sha256;
import org.tdro.search.Query;
import org.tdro.text.TextKind;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.RunConfig;

/**
 * The evaluation sets of a configuration. Choices are made by the development queries alone, so no query may be a development and a test
 * query at once.
 */
public record EvaluationSets(ResolvedConfig<RunConfig> resolved) {
  private static final Logger LOG = LoggerFactory.getLogger(EvaluationSets.class);
  private static final int LISTED = 3;

  private RunConfig.Eval eval() {
    return resolved.config().eval();
  }

  /** Returns the folder in which runs share what they have made of evaluation sets. */
  static Path cache(DataConfig data) {
    return data.cache().resolve("evaluation");
  }

  private List<EvaluationSet> load(List<StoredSet> stored) {
    return Layout.load(stored, Optional.of(cache(resolved.config().data())));
  }

  /**
   * Returns the sets of {@code eval.data}, of which {@code eval.suite} may choose some, as they are on disk.
   *
   * @throws ConfigException if sets of the suite are missing
   */
  public List<StoredSet> stored() {
    return suite()
        .map(Suite.Found::sets)
        .orElseGet(() -> Layout.listAll(eval().data(), eval().splits()));
  }

  /** Returns the names of the sets and parts of {@code eval.suite} that are not there; none without a suite. */
  List<String> missing() {
    return suite().map(Suite.Found::missing).orElse(List.of());
  }

  private Optional<Suite.Found> suite() {
    return eval().suite().map(named -> {
      try {
        return Suite.read(named, RunConfig.suites())
            .find(eval().data(), eval().splits())
            .check(eval().partial());
      } catch (InputException e) {
        throw new ConfigException(e.problems().stream()
            .map(
                problem -> resolved.origin("eval.suite") + ": eval.suite " + named + ": " + problem)
            .toList());
      }
    });
  }

  private List<StoredSet> development() {
    return Layout.listAll(eval().dev(), eval().development().splits());
  }

  /**
   * Returns the test sets, and warns of those that have no prompt.
   *
   * @throws ConfigException if there is a set without test queries
   */
  List<EvaluationSet> tests() {
    var share = eval().development().queryShare();
    suite().ifPresent(Suite.Found::log);
    var sets = load(stored()).stream().map(share::test).toList();
    checkQueries(sets, "test");
    var names = sets.stream().map(EvaluationSet::name).toList();
    for (var kind : TextKind.values()) {
      var without = resolved
          .config()
          .prompts(sets)
          .without(kind, resolved.config().data().everyPrompt(), names);
      if (!without.isEmpty()) {
        LOG.warn(
            "{}: no {} prompt, since no domain with one is called so; choose one with eval.prompts.SET=DOMAIN",
            String.join(", ", without),
            kind == TextKind.QUERY ? "query" : "passage");
      }
    }
    return sets;
  }

  /**
   * Returns the development sets: those of {@code eval.dev}, whole, and the development queries of those in {@code eval.data}.
   *
   * @throws ConfigException if a query is a development and a test query, if two sets have the same name, or if there is a set without
   *     development queries
   */
  List<EvaluationSet> dev() {
    var sets = new ArrayList<>(load(development()));
    checkNotTested(sets);
    if (eval().development().share() > 0) {
      var share = eval().development().queryShare();
      load(stored()).stream().map(share::dev).forEach(sets::add);
    }
    checkQueries(sets, "development");
    var names = new HashSet<String>();
    for (var set : sets) {
      if (!names.add(set.name())) {
        throw new ConfigException(
            List.of("%s: eval.dev and eval.data both have a set %s, which eval.dev-share divides"
                .formatted(resolved.origin("eval.dev"), set.name())));
      }
    }
    return sets;
  }

  private void checkQueries(List<EvaluationSet> sets, String what) {
    var without = sets.stream()
        .filter(set -> set.queries().isEmpty())
        .map(EvaluationSet::name)
        .toList();
    if (!without.isEmpty()) {
      throw new ConfigException(List.of("%s: eval.dev-share=%s leaves %s no %s queries"
          .formatted(
              resolved.origin("eval.dev-share"),
              eval().development().share(),
              String.join(", ", without),
              what)));
    }
  }

  private void checkNotTested(List<EvaluationSet> development) {
    if (development.isEmpty() || eval().data().isEmpty()) {
      return;
    }
    var share = eval().development().queryShare();
    var tested = new HashSet<Query>();
    stored()
        .forEach(dataset -> dataset.judgedQueries().stream()
            .filter(query -> !share.isDev(query.id()))
            .forEach(tested::add));
    var problems = new ArrayList<String>();
    for (var set : development) {
      var both = set.queries().stream().filter(tested::contains).toList();
      if (!both.isEmpty()) {
        problems.add(
            "%s: %d of %d queries of eval.dev's %s are test queries of eval.data, such as %s: choices must not be made by test queries. Give other sets, another eval.dev-split, or instead of eval.dev a part of eval.data: eval.dev-share=0.5"
                .formatted(
                    resolved.origin("eval.dev"),
                    both.size(),
                    set.queries().size(),
                    set.name(),
                    String.join(
                        ", ",
                        both.stream().limit(LISTED).map(query -> query.id()).toList())));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }

  private static String fingerprint(StoredSet set) {
    return "\n" + set.name() + " "
        + set.files().stream().map(Sha256::of).collect(Collectors.joining(" "));
  }

  /** Returns a hash of everything that the values of the development queries follow from, besides the model. */
  public String developmentFingerprint() {
    var development = eval().development();
    var text = new StringBuilder()
        .append(eval().measure())
        .append(eval().topK())
        .append(development)
        .append(eval().prompts());
    var sets = development().stream();
    if (development.share() > 0) {
      sets = Stream.concat(sets, stored().stream());
    }
    // Once, if a set is both.
    sets.map(EvaluationSets::fingerprint).distinct().forEach(text::append);
    return Sha256.of(text.toString());
  }
}
