package org.tdro.tools.options;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.retriever.SetPrompts;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --prompt} of commands that evaluate a model. */
public final class PromptOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--prompt",
      split = ",",
      paramLabel = "[SET=]NAME",
      description =
          "The model's prompts of this name, for all sets or for one (default: those with the name of the set, else those of all texts).")
  private List<String> prompts = new ArrayList<>();

  /** Returns the prompts for the texts of sets; prints a note if the model has prompts, but none for a set. */
  public SetPrompts of(Prompts known, List<EvaluationSet> sets) {
    return of(known, sets, Map.of());
  }

  /**
   * Returns the prompts for the texts of sets. A part of a set has those of the whole, unless it has its own.
   *
   * @param usual the prompts by set where the options name none
   */
  public SetPrompts of(Prompts known, List<EvaluationSet> sets, Map<String, String> usual) {
    var names = sets.stream()
        .flatMap(set -> Stream.of(set.name(), set.whole()))
        .distinct()
        .toList();
    if (names.isEmpty() && !prompts.isEmpty()) {
      throw usage("--prompt is for the texts of evaluation sets, and there are none");
    }
    var every = "";
    var bySet = new TreeMap<String, String>();
    var any = prompts.stream().anyMatch(prompt -> prompt.indexOf('=') < 0);
    if (!any) {
      usual.forEach((set, prompt) -> {
        if (names.contains(set)) {
          bySet.put(set, prompt);
        }
      });
    }
    for (var prompt : prompts) {
      int equals = prompt.indexOf('=');
      var set = equals < 0 ? "" : prompt.substring(0, equals);
      if (equals < 0) {
        every = prompt;
      } else if (names.contains(set)) {
        bySet.put(set, prompt.substring(equals + 1));
      } else {
        throw usage("--prompt %s: there is no set %s; there are %s"
            .formatted(prompt, set, String.join(", ", names)));
      }
    }
    var chosen = new SetPrompts(every, bySet).ofParts(EvaluationSet.wholes(sets), known);
    for (var name : chosen.unknown(known)) {
      throw usage(
          known.names().isEmpty()
              ? "--prompt %s: the model has no named prompts".formatted(name)
              : "--prompt %s is unknown; the model has %s"
                  .formatted(name, String.join(", ", known.names())));
    }
    for (var kind : TextKind.values()) {
      var without =
          chosen.without(kind, known, sets.stream().map(EvaluationSet::name).toList());
      if (!without.isEmpty()) {
        var err = spec.commandLine().getErr();
        err.printf(
            "the %s of %s get no prompt: for these the model has %s; choose one with --prompt NAME or --prompt SET=NAME%n",
            kind.plural(), String.join(", ", without), String.join(", ", known.names(kind)));
        err.flush();
      }
    }
    return chosen;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
