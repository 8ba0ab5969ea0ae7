package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The {@code config.json} of sentence-transformers' Pooling module. Before version 5.4 it had a flag for each mode, since
 * then it names the mode; older versions read only the flags, so these are written.
 *
 * @param mode how token states become one vector
 * @param includePrompt whether the tokens of a prompt are pooled too; the last token never is one of them
 */
public record PoolingConfig(Mode mode, boolean includePrompt) {
  private static final String INCLUDE_PROMPT = "include_prompt";
  private static final String SIZE = "word_embedding_dimension";

  /** The size of a state, which the backbone decides. */
  private static final List<String> SIZES = List.of(SIZE, "embedding_dimension");

  /** The modes of sentence-transformers. */
  public enum Mode {
    CLS("cls_token"),
    MEAN("mean_tokens"),
    MAX("max_tokens"),
    MEAN_SQRT_LEN_TOKENS("mean_sqrt_len_tokens"),
    WEIGHTEDMEAN("weightedmean_tokens"),
    LASTTOKEN("lasttoken");

    private final String flag;

    Mode(String flag) {
      this.flag = "pooling_mode_" + flag;
    }

    /** Whether it can leave the tokens of a prompt out: the first token is the prompt's own, and the last never is. */
    private boolean leavesOut() {
      return this != LASTTOKEN;
    }

    private String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Mode> named(String key) {
      return Arrays.stream(values()).filter(mode -> mode.key().equals(key)).findFirst();
    }
  }

  /** Reads a file, whose mode is the mean unless it names one; empty if the mode is not computed here, which is a problem. */
  static Optional<PoolingConfig> read(PublishedJson json) {
    var flags = flagged(json);
    // Where the mode is named, sentence-transformers does not look at the flags.
    var asked = json.has("pooling_mode") ? named(json.get("pooling_mode")) : flags;
    SIZES.forEach(json::get);
    boolean includePrompt = json.flag(INCLUDE_PROMPT, true);
    if (asked.size() > 1) {
      json.problem(
          "pooling_mode is %s: several poolings beside each other are not computed here; take a model with one"
              .formatted(asked));
      return Optional.empty();
    }
    if (json.has("pooling_mode") && asked.isEmpty()) {
      json.problem("pooling_mode is empty; leave the key out for the mean");
      return Optional.empty();
    }
    var mode = asked.isEmpty() ? Optional.of(Mode.MEAN) : Mode.named(asked.get(0));
    if (mode.isEmpty()) {
      json.problem("pooling_mode is %s, but must be one of %s"
          .formatted(asked, Arrays.stream(Mode.values()).map(Mode::key).toList()));
    }
    return mode.map(named -> new PoolingConfig(named, includePrompt || !named.leavesOut()));
  }

  private static List<String> named(JsonNode mode) {
    return mode.isArray()
        ? mode.valueStream().map(JsonNode::asText).toList()
        : List.of(mode.asText());
  }

  private static List<String> flagged(PublishedJson json) {
    var asked = new ArrayList<String>();
    for (var mode : Mode.values()) {
      if (json.flag(mode.flag, false)) {
        asked.add(mode.key());
      }
    }
    return asked;
  }

  /** Writes the file into a module's folder. */
  static void write(Path folder, Mode mode, int hidden) throws IOException {
    var json = JsonNodeFactory.instance.objectNode().put(SIZE, hidden);
    for (var each : Mode.values()) {
      json.put(each.flag, each == mode);
    }
    PublishedJson.write(folder.resolve(ConfigJson.NAME), json.put(INCLUDE_PROMPT, true));
  }
}
