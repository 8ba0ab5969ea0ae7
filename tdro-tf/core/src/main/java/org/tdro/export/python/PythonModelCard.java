package org.tdro.export.python;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tdro.io.MarkdownTable;
import org.tdro.models.DecoderArchitecture;
import org.tdro.retriever.RetrieverSettings;

/**
 * The {@code README.md} of an exported model.
 *
 * @param run facts of the run that trained it, by name; empty where they are not known
 */
public record PythonModelCard(Map<String, String> run) {

  /** The libraries that load a folder. */
  enum Library {
    SENTENCE_TRANSFORMERS("sentence-transformers"),
    PEFT("peft");

    private final String name;

    Library(String name) {
      this.name = name;
    }
  }

  public PythonModelCard {
    run = new LinkedHashMap<>(run);
  }

  /** Writes it. */
  void write(Path folder, RetrieverSettings settings, Library library) throws IOException {
    var text = new StringBuilder("""
        ---
        library_name: %s
        pipeline_tag: sentence-similarity
        tags: [sentence-transformers, feature-extraction, sentence-similarity]
        ---
        # A text retriever

        """.formatted(library.name));
    var table = new MarkdownTable().left("", "");
    facts(settings).forEach((name, fact) -> table.row(List.of(name, fact)));
    run.forEach((name, fact) -> table.row(List.of(name, fact)));
    text.append(table);
    text.append("""

        ```python
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer("path/to/this/folder")
        queries = model.encode_query(["a question"])
        passages = model.encode_document(["a passage"])
        scores = model.similarity(queries, passages)
        ```
        """);
    if (!settings.prompts().queries().isEmpty()) {
      text.append(
          "\nBoth calls need sentence-transformers 5. They put the prompts of all queries and documents before texts; `model.encode(texts, prompt_name=NAME)` takes any NAME of `config_sentence_transformers.json`.\n");
    }
    if (settings.queryLength() != settings.passageLength()) {
      text.append(
          "\nQueries were cut at %d tokens in training, passages at %d; sentence-transformers cuts both at the larger.\n"
              .formatted(settings.queryLength(), settings.passageLength()));
    }
    Files.writeString(folder.resolve("README.md"), text);
  }

  private static Map<String, String> facts(RetrieverSettings settings) {
    var spec = settings.spec();
    var facts = new LinkedHashMap<String, String>();
    facts.put("backbone", backbone(settings));
    facts.put("pooling", spec.pooling().name().toLowerCase(Locale.ROOT));
    spec.projections().stream()
        .map(map -> "to " + map)
        .reduce((before, after) -> before + ", " + after)
        .ifPresent(maps -> facts.put("projection", maps));
    facts.put(
        "embeddings",
        "%d components, %s"
            .formatted(spec.dimension(), spec.normalize() ? "of length 1" : "not normalised"));
    if (!settings.matryoshkaDimensions().isEmpty()) {
      facts.put("may be cut to", settings.matryoshkaDimensions().toString());
    }
    if (spec.lora().adapts()) {
      facts.put(
          "adapters",
          "rank %d beside %s".formatted(spec.lora().rank(), spec.lora().targetModules()));
      facts.put("base model", settings.base().folder());
    }
    return facts;
  }

  private static String backbone(RetrieverSettings settings) {
    var shape = settings.spec().architecture();
    if (shape.layers() == 0) {
      return "a vector of size %d for each of %d token ids"
          .formatted(shape.hidden(), shape.vocabulary());
    }
    return "%s, %d layers, hidden size %d, %d token ids"
        .formatted(
            shape instanceof DecoderArchitecture ? "decoder" : "encoder",
            shape.layers(),
            shape.hidden(),
            shape.vocabulary());
  }
}
