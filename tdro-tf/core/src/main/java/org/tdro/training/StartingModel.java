package org.tdro.training;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
  /** The prompts of a text in the run and where the model was published. */
  private record Prompted(PromptTemplate here, PromptTemplate published) {}

  /**
   * Returns the settings by which the run embeds texts otherwise than the published retriever: a line for each key, with both
   * values and what to set to follow the retriever. Nothing deviates from a backbone that was published without a pooling.
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
    if (model.projection() > 0
        && !spec.projections().equals(List.of(Projection.linear(model.projection())))) {
      lines.add(
          "%s: model.projection is %d, but %s was published with %s after the pooling; to follow it, set model.projection=0"
              .formatted(
                  resolved.origin("model.projection"),
                  model.projection(),
                  folder.path(),
                  spec.projections()));
    }
    compare(lines, "data.query-length", data.queryLength(), published.queryLength());
    compare(lines, "data.passage-length", data.passageLength(), published.passageLength());
    for (var kind : TextKind.values()) {
      comparePrompts(lines, kind, Prompts.of(data.prompts()), published.prompts());
    }
    return lines;
  }

  private void compare(List<String> lines, String key, Object here, Object published) {
    if (!here.equals(published)) {
      lines.add("%s: %s is %s, but %s was published with %s; to follow it, set %s=%s"
          .formatted(
              resolved.origin(key),
              key,
              spelled(here),
              folder.path(),
              spelled(published),
              key,
              spelled(published)));
    }
  }

  /** Returns a value as the configuration spells it. */
  private static String spelled(Object value) {
    return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Adds a line for all domains whose texts of a kind have the same two prompts. */
  private void comparePrompts(List<String> lines, TextKind kind, Prompts here, Prompts published) {
    var names = new TreeSet<>(domains);
    names.addAll(here.names(kind));
    var deviating = new LinkedHashMap<Prompted, List<String>>();
    for (var name : names) {
      var prompted = new Prompted(of(here, kind, name), of(published, kind, name));
      if (!prompted.here().equals(prompted.published())) {
        deviating.computeIfAbsent(prompted, same -> new ArrayList<>()).add(name);
      }
    }
    var key = kind.name().toLowerCase(Locale.ROOT);
    deviating.forEach((prompted, domainNames) -> lines.add(
        "%s: data.prompts.DOMAIN.%s is %s for %s, but %s was published with %s; to follow it, set data.prompts.DOMAIN.%s=%s for each"
            .formatted(
                resolved.origin("data.prompts.%s.%s".formatted(domainNames.get(0), key)),
                key,
                prefix(prompted.here()),
                String.join(", ", domainNames),
                folder.path(),
                prefix(prompted.published()),
                key,
                prefix(prompted.published()))));
  }

  private static PromptTemplate of(Prompts prompts, TextKind kind, String domain) {
    return kind == TextKind.QUERY ? prompts.query(domain) : prompts.passage(domain);
  }

  /** Returns the text before a text, quoted. */
  private static String prefix(PromptTemplate prompt) {
    return TextNode.valueOf(prompt.apply("")).toString();
  }
}
