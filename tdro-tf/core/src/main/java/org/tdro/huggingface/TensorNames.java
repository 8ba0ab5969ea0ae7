package org.tdro.huggingface;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tdro.keras.Weight;

/**
 * The names of weights in published checkpoints. Backbones name theirs after them, so only the last part differs: a
 * {@code kernel} ({@code [in, out]} here, {@code [out, in]} there), a {@code gamma} and {@code embeddings} are a
 * {@code weight} there, a {@code beta} is a {@code bias}.
 */
final class TensorNames {
  /** A model with a head on top holds its encoder under one of these. */
  private static final List<String> PREFIXES = List.of(
      "model.", "bert.", "roberta.", "distilbert.", "mpnet.", "base_model.model.", "0.auto_model.");

  /** Tensors that an encoder does not use: heads, poolers, tables that follow from the configuration. */
  private static final Pattern UNUSED = Pattern.compile(
      "(lm_head|cls|score|classifier|pre_classifier|pooler|qa_outputs|vocab_\\w+|head|decoder)\\..*|.*\\.?position_ids|.*rotary_emb\\.inv_freq|.*\\.(masked_bias|attn\\.bias)");

  private TensorNames() {}

  /** Returns the published name of a weight, without the prefix of a model with a head. */
  static String of(Weight weight) {
    // Of two encoders, both start from the same checkpoint.
    var path = weight.name().replaceFirst("^passage/", "");
    int slash = path.lastIndexOf('/');
    var last = switch (path.substring(slash + 1)) {
      case "kernel", "gamma", "embeddings" -> "weight";
      case "bias", "beta" -> "bias";
      default -> path.substring(slash + 1);
    };
    return path.substring(0, slash + 1).replace('/', '.') + last;
  }

  static boolean isTransposed(Weight weight) {
    return weight.name().endsWith("/kernel");
  }

  /** Returns the shape in which a weight is stored. */
  static long[] stored(Weight weight) {
    var shape = weight.shape().asArray();
    return isTransposed(weight) ? new long[] {shape[1], shape[0]} : shape;
  }

  /** Returns a stored name in the form of {@link #of}; empty for a tensor that an encoder does not use. */
  static Optional<String> normalised(String stored) {
    var name = withoutPrefix(stored);
    return UNUSED.matcher(name).matches() ? Optional.empty() : Optional.of(oldNorm(name));
  }

  /** Returns the name that a part of an encoder has without the models around it. */
  static String withoutPrefix(String stored) {
    var name = stored;
    for (boolean stripped = true; stripped; ) {
      stripped = false;
      for (var prefix : PREFIXES) {
        if (name.startsWith(prefix)) {
          name = name.substring(prefix.length());
          stripped = true;
        }
      }
    }
    return name;
  }

  /** Renames the norms of BERT's first published checkpoints, which have the names of the original program. */
  private static String oldNorm(String name) {
    return name.replace("LayerNorm.gamma", "LayerNorm.weight")
        .replace("LayerNorm.beta", "LayerNorm.bias");
  }
}
