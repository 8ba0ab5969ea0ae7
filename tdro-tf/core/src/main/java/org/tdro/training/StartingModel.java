package org.tdro.training;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.tdro.config.ResolvedConfig;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.models.Projection;
import org.tdro.retriever.store.PretrainedRetriever;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.training.config.RunConfig;

/**
 * The published retriever that a run starts from, as {@code model.path} names it.
 *
 * @param resolved the configuration of the run
 * @param domains its domains
 */
record StartingModel(
    PublishedFolder folder, ResolvedConfig<RunConfig> resolved, List<String> domains) {
  private static final double HIGH_RATE = 1e-3;

  /** The prompts of a text in the run and where the model was published. */
  private record Prompted(PromptTemplate here, PromptTemplate published) {}

  /**
   * Returns the settings by which the run embeds texts otherwise than the published retriever, whose settings it has unless others are
   * given: a line for each key, with both values. Nothing deviates from a backbone that was published without a pooling.
   */
  List<String> deviations() {
    if (folder.pooling().isEmpty()) {
      return List.of();
    }
    var published = new PretrainedRetriever(folder).settings();
    var spec = published.spec();
    var model = resolved.config().model();
    var data = resolved.config().data();
    var lines = new ArrayList<String>();
    compare(lines, "model.pooling", model.pooling(), spec.pooling());
    compare(lines, "model.normalize", model.normalize(), spec.normalize());
    compare(lines, "model.similarity", model.similarity(), published.similarity());
    if (model.projection() > 0
        && !spec.projections().equals(List.of(Projection.linear(model.projection())))) {
      lines.add(deviation(
          resolved.origin("model.projection"),
          "model.projection",
          Integer.toString(model.projection()),
          spec.projections().toString()));
    }
    compare(lines, "data.query-length", data.queryLength(), published.queryLength());
    compare(lines, "data.passage-length", data.passageLength(), published.passageLength());
    for (var kind : TextKind.values()) {
      comparePrompts(lines, kind, data.everyPrompt(), published.prompts());
    }
    return lines;
  }

  /**
   * Returns a warning if all weights of a published transformer would take steps that are usual only for weights at random, as the
   * program's default is: they soon forget what they were published with.
   */
  Optional<String> learningRateWarning() {
    var config = resolved.config();
    boolean isTable = folder.leavesSpecialTokensOut();
    if (isTable
        || config.model().lora().options().adapts()
        || config.train().learningRate() < HIGH_RATE) {
      return Optional.empty();
    }
    return Optional.of(
        "%s: train.learning-rate is %s, a rate for training from scratch; published transformers are usually fine-tuned with 1e-5 to 1e-4"
            .formatted(resolved.origin("train.learning-rate"), config.train().learningRate()));
  }

  private void compare(List<String> lines, String key, Object here, Object published) {
    if (!here.equals(published)) {
      lines.add(deviation(resolved.origin(key), key, spelled(here), spelled(published)));
    }
  }

  private String deviation(String origin, String what, String here, String published) {
    return "%s: %s is %s, but %s was published with %s; remove the setting to follow it"
        .formatted(origin, what, here, folder.path(), published);
  }

  /** Returns the names of the published prompts, which the run keeps. */
  Set<String> promptNames() {
    return folder.prompts().names();
  }

  /** Returns a value as the configuration spells it. */
  private static String spelled(Object value) {
    return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Adds a line for all domains whose texts of a kind have the same two prompts. */
  private void comparePrompts(List<String> lines, TextKind kind, Prompts here, Prompts published) {
    var all = new TreeSet<>(domains);
    all.addAll(here.names(kind));
    var deviating = new LinkedHashMap<Prompted, List<String>>();
    for (var name : all) {
      var prompted = new Prompted(here.of(kind, name), published.of(kind, name));
      if (!prompted.here().equals(prompted.published())) {
        deviating.computeIfAbsent(prompted, same -> new ArrayList<>()).add(name);
      }
    }
    var key = kind.name().toLowerCase(Locale.ROOT);
    deviating.forEach((prompted, names) -> {
      boolean own = here.names(kind).contains(names.get(0));
      var set =
          own ? "data.prompts.%s.%s".formatted(names.get(0), key) : "data.%s-prompt".formatted(key);
      lines.add(deviation(
          resolved.origin(set),
          "the prompt of the %s of %s".formatted(kind.plural(), String.join(", ", names)),
          prefix(prompted.here()),
          prefix(prompted.published())));
    });
  }

  /** Returns the text before a text, quoted. */
  private static String prefix(PromptTemplate prompt) {
    return TextNode.valueOf(prompt.apply("")).toString();
  }
}
