package org.tdro.tools;

import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.index.DenseIndex;
import org.tdro.retriever.index.IndexBuild;
import org.tdro.runs.GracefulShutdown;
import org.tdro.search.CorpusFile;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro index}, which encodes a corpus into a folder that {@code tdro search} searches. */
@Command(
    name = "index",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Encode a corpus into an index for tdro search.",
      "",
      "The index holds embeddings, titles and texts, and remembers its model by path and content: a model that has changed since is refused. "
          + "Until it is complete, the index is made in OUTPUT.building. When the command is killed, the same command goes on after the last "
          + "complete shard of 4,096 documents."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro index --model runs/finetune --corpus corpus.jsonl.gz --output index",
      "  tdro index --model MODEL --corpus EVALUATION/scifact --output index --prompt passage",
      "  tdro search --index index what is a slipstream"
    })
final class IndexCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private ModelOptions model;

  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "FILE",
      description =
          "JSONL of documents, also .gz, with _id, docid or id, title and text; or a folder in BEIR's form.")
  private Path corpus;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "The folder of the index.")
  private Path output;

  @Option(
      names = "--prompt",
      paramLabel = "NAME",
      description =
          "The model's prompts of this name, for documents and queries (default: those of all texts, if any).")
  private String prompt;

  @Mixin
  private Overwriting overwriting;

  @Mixin
  private ProgressOptions progress;

  @Override
  public Integer call() {
    overwriting.checkIndex("--output", output);
    var stored = model.stored();
    var settings = model.settings(stored).comparedByProduct();
    var task = task(spec, prompt, Prompts.EVERY_TASK, settings.prompts());
    var out = spec.commandLine().getOut();
    try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance());
        var ending = new GracefulShutdown()) {
      var build = IndexBuild.of(output, retriever, stored.path(), task, CorpusFile.of(corpus));
      long encoded = build.encoded();
      long documents = build.facts().corpus().documents();
      if (encoded > 0) {
        out.printf("%s: goes on after %,d of %,d documents%n", output, encoded, documents);
        out.flush();
      }
      try (var phase = progress.texts("encoding", OptionalLong.of(documents - encoded))) {
        retriever.onEncoded(batch -> {
          ending.check();
          phase.add(batch);
        });
        build.run(overwriting.isAllowed());
      }
    }
    var index = DenseIndex.open(output);
    out.printf(
        "%s: %,d documents, embeddings of size %d%n",
        output, index.size(), index.facts().model().dimension());
    out.flush();
    return 0;
  }

  /**
   * Returns the name of the prompts of texts of any kind; prints a note if the model has prompts, but none for them.
   *
   * @param otherwise the name where none is given
   * @throws ParameterException if there are no prompts of that name
   */
  static String task(CommandSpec spec, String prompt, String otherwise, Prompts prompts) {
    var names = prompts.names();
    if (prompt != null && !names.contains(prompt)) {
      throw new ParameterException(
          spec.commandLine(),
          "--prompt %s is unknown; the model has %s"
              .formatted(prompt, names.isEmpty() ? "none" : String.join(", ", names)));
    }
    var task = prompt == null ? otherwise : prompt;
    if (!names.isEmpty()
        && prompts.lacks(TextKind.QUERY, task)
        && prompts.lacks(TextKind.PASSAGE, task)) {
      var err = spec.commandLine().getErr();
      err.printf(
          "the texts get no prompt: the model has %s; choose one with --prompt NAME%n",
          String.join(", ", names));
      err.flush();
    }
    return task;
  }
}
