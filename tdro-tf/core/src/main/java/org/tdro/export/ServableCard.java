package org.tdro.export;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.serving.client.TextSignature;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.Similarity;

/** The model card of an exported model for people, in Markdown: {@code assets/README.md}. */
final class ServableCard {
  private ServableCard() {}

  /**
   * What a card says that assets do not.
   *
   * @param fingerprint of the trained weights
   * @param takesStrings whether there are signatures that take strings
   */
  record Facts(
      ExportOptions options, Agreement agreement, String fingerprint, boolean takesStrings) {}

  static void write(Path savedModel, RetrieverAssets assets, Facts facts) throws IOException {
    var agreement = facts.agreement();
    var card = String.format(
        Locale.ROOT,
        """
        # %s

        A dense retriever, exported by tdro: queries and passages become vectors of %d numbers, and the product of two
        of them (%s) says how well they match.

        | | |
        |---|---|
        | inputs | `input_ids`, `attention_mask` [batch, length], %s; mask 1 at tokens, 0 at padding |
        | output | `embedding` [batch, %d], float32, %s |
        | signatures | `encode_query`, `encode_passage`, `score`; `serving_default` is `%s` |
        %s| longest query, passage | %d, %d tokens; cut longer ones, keeping the special tokens at the end |
        | pooling | %s |
        | matrices | %s |
        | difference from the trained model | %.1e at most on sample texts; 1 − cosine %.1e at most, %.1e in the mean |
        | trained weights (SHA-256) | %s |

        For token ids, tokenise with `tokenizer.json` beside this file, if there is one, special tokens included. `retriever.json` says the
        same as this page to programs.
        """,
        assets.name(),
        assets.dimension(),
        assets.similarity() == Similarity.COSINE ? "their cosine" : "not normalised",
        assets.idType().name().toLowerCase(Locale.ROOT),
        assets.dimension(),
        assets.normalize() ? "of length 1" : "of any length",
        facts.options().defaultSignature().key(),
        facts.takesStrings() ? strings(assets.prompts()) : "",
        assets.queryLength(),
        assets.passageLength(),
        assets.pooling(),
        facts.options().precision().name().toLowerCase(Locale.ROOT),
        agreement.largest(),
        agreement.largestCosine(),
        agreement.meanCosine(),
        facts.fingerprint());
    var prompts = prompts("queries", assets.prompts().queries())
        + prompts("passages", assets.prompts().passages());
    Files.writeString(
        savedModel.resolve(RetrieverAssets.FOLDER).resolve("README.md"),
        prompts.isEmpty()
            ? card
            : card + "\n## Prompts\n\nText goes where `{text}` is.\n" + prompts);
  }

  private static String strings(Prompts prompts) {
    return TextSignature.of(prompts).stream()
        .map(signature -> "`%s`: %s"
            .formatted(
                signature.key(),
                Stream.of(RetrieverAssets.PROMPT_NAME, RetrieverAssets.TITLE, RetrieverAssets.TEXT)
                    .filter(signature::takes)
                    .map(input -> "`" + input + "`")
                    .collect(joining(", "))))
        .collect(joining(
            "; ",
            "| signatures for strings | ",
            ", each [batch]; prompt, tokens and cutting are in the graph |\n"));
  }

  private static String prompts(String kind, Map<String, PromptTemplate> templates) {
    var lines = new StringBuilder();
    new TreeMap<>(templates)
        .forEach((task, prompt) -> lines
            .append("- `")
            .append(task)
            .append("`: ")
            .append(quoted(prompt))
            .append('\n'));
    return lines.isEmpty() ? "" : "\nOf " + kind + ":\n\n" + lines;
  }

  /** Escapes line breaks, which would end the item of the list. */
  private static String quoted(PromptTemplate prompt) {
    return "`" + prompt.template().replace("\n", "\\n") + "`";
  }
}
