package org.tdro.tools.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.sets.Layout;
import org.tdro.evaluation.sets.Splits;
import org.tdro.rows.duplicates.KnownText;
import picocli.CommandLine.Option;

/** The option {@code --eval} of commands that compare training rows with evaluation sets. */
final class EvaluationTextOptions {
  @Option(
      names = "--eval",
      paramLabel = "DIR",
      description =
          "Evaluation sets, or folders of them, as tdro evaluate reads them; may be given more than once.")
  private List<Path> folders = new ArrayList<>();

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = EvaluationSet.TEST,
      description = "Their judgements, such as test or dev (default: ${DEFAULT-VALUE}).")
  private String split;

  boolean isEmpty() {
    return folders.isEmpty();
  }

  List<Path> folders() {
    return folders;
  }

  /**
   * Loads the sets.
   *
   * @throws org.tdro.io.InputException with all that is wrong with them
   */
  List<EvaluationSet> load() {
    return Layout.loadAll(folders, Splits.of(split));
  }

  /** Hands on the queries of a set that have judgements. */
  static void queries(EvaluationSet set, Consumer<KnownText> texts) {
    set.queries()
        .forEach(query -> texts.accept(new KnownText(set.name(), query.id(), query.text())));
  }

  /**
   * Hands on the documents of a set.
   *
   * @param all false for those that are relevant to a query
   */
  static void documents(EvaluationSet set, boolean all, Consumer<KnownText> texts) {
    var relevant = all ? Set.<String>of() : relevant(set);
    try (var documents = set.corpus().documents()) {
      documents
          .filter(document -> all || relevant.contains(document.id()))
          .forEach(document ->
              texts.accept(new KnownText(set.name(), document.id(), document.content())));
    }
  }

  /** Returns the documents that are known to be relevant; none where answers judge. */
  private static Set<String> relevant(EvaluationSet set) {
    return set.judgements().areComplete() ? set.judgements().relevant() : Set.of();
  }
}
