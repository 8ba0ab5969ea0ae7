package org.tdro.tools.retrieval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.TokenEncoding;
import org.tdro.retriever.embeddings.FileEncoding;
import org.tdro.runs.GracefulShutdown;
import org.tdro.search.EmbeddingFormat;
import org.tdro.tools.options.ModelOptions;
import org.tdro.tools.options.Overwriting;
import org.tdro.tools.options.ProgressOptions;
import org.tdro.tools.options.TextOptions;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro encode}, which writes the embeddings of texts. */
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Encode texts with a trained model.",
      "",
      "Each line of the input is a JSON object with text (of a passage also title), or with input_ids from "
          + "an earlier tokenisation. Its _id, or else the number of the line, names it in the output. The output holds rows of _id and "
          + "embedding in the order of the input."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro encode --model runs/finetune --input corpus.jsonl.gz --kind passage --output corpus.arrow",
      "  tdro encode --model runs/finetune --input queries.jsonl --kind query --prompt trivia --output vectors.jsonl",
      "  tdro encode --model runs/matryoshka --dimension 64 --input corpus.jsonl.gz --kind passage --output small.arrow"
    })
public final class EncodeCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private ModelOptions model;

  @Option(
      names = "--pooling",
      paramLabel = "KIND",
      description =
          "cls, mean, max, mean_sqrt_len_tokens, weightedmean, lasttoken, avg_first_last or avg_top2 (default: the pooling that the model was trained or published with).")
  private Pooling pooling;

  @Option(
      names = "--normalize",
      arity = "1",
      paramLabel = "true|false",
      description = "Whether embeddings are scaled to length 1 (default: the model's setting).")
  private Boolean normalize;

  @Mixin
  private TextOptions texts;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The .arrow or .jsonl file to write.")
  private Path output;

  @Mixin
  private Overwriting overwriting;

  @Option(
      names = "--batch-tokens",
      defaultValue = "4096",
      paramLabel = "N",
      description = "Tokens of a batch, padding included (default: ${DEFAULT-VALUE}).")
  private int batchTokens;

  @Mixin
  private ProgressOptions progress;

  @Override
  public Integer call() {
    checkUsage();
    var stored = model.stored();
    var settings = pooled(model.settings(stored));
    try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
      var prompt = texts.prompt(retriever.settings().prompts());
      var batches = new TokenEncoding(batchTokens, TokenEncoding.DEFAULT.padMultiple());
      var encoding = new FileEncoding(retriever, texts.kind(), prompt, batches);
      long count;
      try (var ending = new GracefulShutdown();
          var phase = progress.texts("encoding", lines())) {
        retriever.onEncoded(batch -> {
          ending.check();
          phase.add(batch);
        });
        count = encoding.run(texts.input(), output);
      }
      var out = spec.commandLine().getOut();
      out.printf(
          "%s: %d embeddings of size %d%n",
          output, count, retriever.settings().spec().dimension());
      out.flush();
    }
    return 0;
  }

  private void checkUsage() {
    if (batchTokens < 1) {
      throw new ParameterException(
          spec.commandLine(), "--batch-tokens must be at least 1, was " + batchTokens);
    }
    if (isInput(output)) {
      throw new ParameterException(
          spec.commandLine(), "--output " + output + " is the input; name another file");
    }
    overwriting.check("--output", output);
    try {
      EmbeddingFormat.of(output);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private boolean isInput(Path file) {
    try {
      return Files.exists(file)
          && Files.exists(texts.input())
          && Files.isSameFile(file, texts.input());
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** Returns the number of texts, if it is shown and can be known before they are read. */
  private OptionalLong lines() {
    if (!progress.isShown() || !Files.isRegularFile(texts.input())) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(TextLines.count(texts.input()));
    } catch (InputException e) {
      // Reading it reports this, with the other problems.
      return OptionalLong.empty();
    }
  }

  /** Returns the settings with the pooling and normalisation that were asked for. */
  private RetrieverSettings pooled(RetrieverSettings settings) {
    var spec = settings.spec();
    if (pooling != null) {
      spec = spec.with(pooling);
    }
    if (normalize != null) {
      spec = spec.normalized(normalize);
    }
    return settings.with(spec);
  }
}
