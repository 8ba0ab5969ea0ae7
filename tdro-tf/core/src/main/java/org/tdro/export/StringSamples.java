package org.tdro.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tdro.retriever.Retriever;
import org.tdro.rows.Passage;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.serving.client.TextSignature;
import org.tdro.text.Prompts;

/**
 * Sample texts as a signature takes them, with titles of which one is empty, and with all prompts.
 *
 * @param inputs a value of each text by the name of the input
 */
record StringSamples(TextSignature signature, Map<String, List<String>> inputs) {

  /** Returns those of each signature of an export with these prompts; none without texts. */
  static List<StringSamples> of(List<String> texts, Prompts prompts) {
    return texts.isEmpty()
        ? List.of()
        : TextSignature.of(prompts).stream()
            .map(signature -> of(signature, texts, prompts))
            .toList();
  }

  private static StringSamples of(TextSignature signature, List<String> texts, Prompts prompts) {
    var titles = new ArrayList<>(texts);
    Collections.rotate(titles, 1);
    titles.set(titles.size() - 1, "");
    var names = Stream.concat(
            Stream.of(Prompts.EVERY_TASK), prompts.names(signature.kind()).stream())
        .toList();
    boolean isPrompted = signature.takes(RetrieverAssets.PROMPT_NAME);
    int rows = isPrompted ? Math.max(texts.size(), names.size()) : texts.size();
    var all = Map.of(
        RetrieverAssets.TEXT,
        cycle(texts, rows),
        RetrieverAssets.TITLE,
        cycle(titles, rows),
        RetrieverAssets.PROMPT_NAME,
        cycle(names, rows));
    var inputs = new TreeMap<>(all);
    inputs.keySet().removeIf(name -> !signature.takes(name));
    return new StringSamples(signature, inputs);
  }

  private static List<String> cycle(List<String> values, int rows) {
    return IntStream.range(0, rows)
        .mapToObj(row -> values.get(row % values.size()))
        .toList();
  }

  /** Returns the values of each input in a batch of any size. */
  Map<String, List<String>> batch(int rows) {
    var batch = new TreeMap<>(inputs);
    batch.replaceAll((name, values) -> cycle(values, rows));
    return batch;
  }

  /** Returns the token ids that a retriever gives the texts. */
  int[][] ids(Retriever retriever) {
    var texts = inputs.get(RetrieverAssets.TEXT);
    var none = Collections.nCopies(texts.size(), "");
    var titles = inputs.getOrDefault(RetrieverAssets.TITLE, none);
    var names = inputs.getOrDefault(RetrieverAssets.PROMPT_NAME, none);
    return IntStream.range(0, texts.size())
        .mapToObj(row -> retriever
            .tokenize(
                signature.kind(),
                names.get(row),
                List.of(new Passage("", titles.get(row), texts.get(row)).content()))[0])
        .toArray(int[][]::new);
  }
}
