package org.tdro.training.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.InputException;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.store.PretrainedRetriever;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;

/** The settings of a published model as values of a configuration, from which its training starts. */
final class PublishedDefaults {
  private PublishedDefaults() {}

  /**
   * Returns the values of the keys that a folder decides, as a tree of sections. A backbone that was published without a pooling is
   * not a retriever yet: it has only its dropout and the usual pooling of its kind.
   *
   * @param named the folder, which need not exist
   * @throws org.tdro.io.InputException if the folder cannot be read, or asks for what is not computed here
   */
  static Map<String, ?> of(String named) {
    var path = Path.of(named);
    if (RetrieverFolder.of(path).exists()) {
      throw new InputException(
          "%s was trained here; write it as a published folder, which training can start from: tdro export --model %s --output FOLDER --format huggingface"
              .formatted(path, path));
    }
    if (!PublishedFolder.isOne(path)) {
      return Map.of();
    }
    var folder = PublishedFolder.open(path);
    var settings = new PretrainedRetriever(folder).settings();
    var spec = settings.spec();
    var model = new HashMap<String, Object>();
    model.put("pooling", word(spec.pooling()));
    model.put("dropout", number(spec.architecture().hiddenDropout()));
    model.put("attention-dropout", number(spec.architecture().attentionDropout()));
    if (folder.pooling().isEmpty()) {
      return Map.of("model", model);
    }
    model.put("normalize", spec.normalize());
    model.put("similarity", word(settings.similarity()));
    return Map.of("model", model, "data", data(settings));
  }

  private static Map<String, Object> data(RetrieverSettings settings) {
    var data = new HashMap<String, Object>();
    data.put("query-length", settings.queryLength());
    data.put("passage-length", settings.passageLength());
    var prompts = settings.prompts();
    Optional.ofNullable(prompts.queries().get(Prompts.EVERY_TASK))
        .ifPresent(prompt -> data.put("query-prompt", prefix(prompt)));
    Optional.ofNullable(prompts.passages().get(Prompts.EVERY_TASK))
        .ifPresent(prompt -> data.put("passage-prompt", prefix(prompt)));
    var byTask = new HashMap<String, Object>();
    for (var task : prompts.names()) {
      var prefixes = new HashMap<String, Object>();
      for (var kind : TextKind.values()) {
        if (prompts.names(kind).contains(task)) {
          prefixes.put(word(kind), prefix(prompts.of(kind, task)));
        }
      }
      byTask.put(task, prefixes);
    }
    data.put("prompts", byTask);
    return data;
  }

  private static String prefix(PromptTemplate prompt) {
    return prompt.apply("");
  }

  /** Returns the decimal number that a float was read from. */
  private static double number(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
