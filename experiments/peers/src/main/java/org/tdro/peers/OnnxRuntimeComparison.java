package org.tdro.peers;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.tdro.experiments.bench.BenchmarkTexts;
import org.tdro.experiments.bench.StepTimes;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.TokenEncoding;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.search.Embeddings;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Encodes the same texts with tdro-tf and with ONNX Runtime, in turn and in the same batches, tokenising included. */
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Encode passages with tdro-tf and with ONNX Runtime in turn, in the same batches, tokenising included.")
final class OnnxRuntimeComparison implements Callable<Integer> {
  private static final String OURS = "tdro-tf";
  private static final String THEIRS = "ONNX Runtime";

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      description = "Folder of a model in Hugging Face's format, with mean pooling.")
  private Path model;

  @Option(
      names = "--onnx",
      required = true,
      description = "The same model in ONNX; its first output is the last states.")
  private Path onnx;

  @Option(names = "--input", required = true, description = "JSONL of texts; .gz is decompressed.")
  private Path input;

  @Option(names = "--texts", defaultValue = "1000", description = "Default: ${DEFAULT-VALUE}.")
  private int most;

  @Option(
      names = "--batch-tokens",
      defaultValue = "4096",
      description = "Default: ${DEFAULT-VALUE}.")
  private int batchTokens;

  @Option(names = "--rounds", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Override
  public Integer call() throws OrtException {
    var stored = StoredRetrievers.of(model);
    var settings = stored.settings();
    if (settings.spec().pooling() != Pooling.MEAN || !settings.spec().normalize()) {
      throw new ParameterException(
          spec.commandLine(), "--model must have mean pooling and embeddings of length 1");
    }
    var texts = BenchmarkTexts.read(input, most);
    var batches = new TokenEncoding(batchTokens, TokenEncoding.DEFAULT.padMultiple());
    int processors = Runtime.getRuntime().availableProcessors();
    try (var ours = Retriever.load(stored, settings, ConfigProto.getDefaultInstance());
        var theirs = new OnnxRuntimeEncoder(onnx, ours.dimension(), processors)) {
      int maxLength = settings.maxLength(TextKind.PASSAGE);
      var results = new LinkedHashMap<String, Embeddings>();
      var tasks = new LinkedHashMap<String, Runnable>();
      tasks.put(
          OURS,
          () -> results.put(OURS, ours.encode(TextKind.PASSAGE, tokenize(ours, texts), batches)));
      tasks.put(
          THEIRS,
          () -> results.put(
              THEIRS,
              batches.encode(
                  theirs::encode, ours.dimension(), tokenize(ours, texts), 0, maxLength)));
      StepTimes.inTurn(tasks, 1);
      var times = StepTimes.inTurn(tasks, rounds);
      long tokens =
          Stream.of(tokenize(ours, texts)).mapToLong(text -> text.length).sum();
      Comparisons.print(
          spec, "%d texts, %d tokens, %d processors%n", texts.size(), tokens, processors);
      times.forEach((name, measured) -> Comparisons.print(
          spec,
          "%-13s median %.2f s, least %.2f s, %.0f tokens/s%n",
          name,
          measured.median() / 1e3,
          measured.minimum() / 1e3,
          tokens / measured.median() * 1e3));
      Comparisons.print(
          spec,
          "speed over ONNX Runtime's, median of rounds: %.2f%n",
          times.get(THEIRS).ratioTo(times.get(OURS)));
      Comparisons.print(
          spec,
          "greatest difference of a component: %.1e%n",
          difference(results.get(OURS), results.get(THEIRS)));
    }
    return 0;
  }

  private static int[][] tokenize(Retriever retriever, List<String> texts) {
    return retriever.tokenize(TextKind.PASSAGE, Prompts.EVERY_TASK, texts);
  }

  private static double difference(Embeddings a, Embeddings b) {
    double most = 0;
    for (int row = 0; row < a.rows(); row++) {
      for (int i = 0; i < a.dimension(); i++) {
        most = Math.max(most, Math.abs(a.row(row)[i] - b.row(row)[i]));
      }
    }
    return most;
  }
}
