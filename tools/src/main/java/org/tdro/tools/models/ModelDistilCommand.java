package org.tdro.tools.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.tdro.export.python.HuggingFaceExport;
import org.tdro.export.python.PythonModelCard;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.ShardPlan;
import org.tdro.io.FileException;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.distil.DistilledRetriever;
import org.tdro.retriever.distil.TokenFrequencies;
import org.tdro.retriever.distil.VocabularyDistillation;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.runs.GracefulShutdown;
import org.tdro.tools.options.EncodingOptions;
import org.tdro.tools.options.Overwriting;
import org.tdro.tools.options.ProgressOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro model distil}, which makes a static encoder from another encoder. */
@Command(
    name = "distil",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Make a static encoder from a published or trained encoder, without data.",
      "",
      "Each token of its vocabulary is encoded as a text of its own; the vectors are reduced to their principal components and weighted by the "
          + "frequency of the tokens, as Model2Vec (Tulkens and van Dongen, 2024) does. The result is a folder with sentence-transformers' StaticEmbedding, "
          + "which all commands take. It encodes on a processor at the speed of its tokenizer, and is a start for training."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro model distil --from models/all-MiniLM-L6-v2 --output models/minilm-static",
      "  tdro model distil --from models/all-MiniLM-L6-v2 --output models/counted --corpus corpus.jsonl.gz",
      "  tdro train model=checkpoint model.path=models/minilm-static data=data/train output=runs/first"
    })
final class ModelDistilCommand implements Callable<Integer> {
  private static final int USUAL_DIMENSION = 256;

  /** The factors of token vectors that need no corpus. */
  private enum Weighting {
    ZIPF,
    NONE
  }

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FOLDER",
      description =
          "The encoder: folder of a complete run, of its model, of a model in Hugging Face's format, or of PEFT adapters.")
  private Path from;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "The folder to write.")
  private Path output;

  @Mixin
  private Overwriting overwriting;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      description = "Principal components to keep (default: " + USUAL_DIMENSION
          + ", or the size of the encoder's embeddings if that is smaller).")
  private Integer dimension;

  @Option(
      names = "--no-pca",
      description = "Keep the encoder's vectors as they are, neither centred nor reduced.")
  private boolean noPca;

  @Option(
      names = "--weighting",
      paramLabel = "KIND",
      description =
          "zipf: frequencies by Zipf's law, as if ids were in the order of frequency; none: all tokens weigh the same (default: zipf).")
  private Weighting weighting;

  @Option(
      names = "--corpus",
      paramLabel = "FILE",
      description =
          "Count frequencies in the texts (and titles) of a JSONL file instead; .gz is decompressed.")
  private Path corpus;

  @Mixin
  private ProgressOptions progress;

  @Override
  public Integer call() {
    checkUsage();
    EncodingOptions.checkExists("--from", from);
    var source = StoredRetrievers.of(from);
    try (var ending = new GracefulShutdown()) {
      var distillation =
          new VocabularyDistillation(source, components(source), frequencies(ending));
      write(distil(distillation, ending));
    }
    return 0;
  }

  private DistilledRetriever distil(VocabularyDistillation distillation, GracefulShutdown ending) {
    var total = OptionalLong.of(distillation.tokens());
    try (var phase = progress.phase("encoding", "tokens", total)) {
      return distillation.run(tokens -> {
        ending.check();
        phase.add(tokens);
      });
    }
  }

  private void write(DistilledRetriever distilled) {
    var card = new PythonModelCard(distilled.facts());
    new HuggingFaceExport(DType.F32, ShardPlan.DEFAULT_SHARD_BYTES, card)
        .replace(distilled, distilled.settings(), Optional.empty(), output);
    var out = spec.commandLine().getOut();
    out.printf(
        "%s: %d vectors of size %d%n",
        output, distilled.table().rows(), distilled.table().dimension());
    distilled.facts().forEach((name, fact) -> out.printf("%s: %s%n", name, fact));
    out.flush();
  }

  private void checkUsage() {
    if (noPca && dimension != null) {
      throw usage("--dimension needs the principal components that --no-pca leaves out");
    }
    if (corpus != null && weighting != null) {
      throw usage("--weighting and --corpus exclude each other: frequencies come from one of them");
    }
    overwriting.checkModel("--output", output);
    if (holdsSource(output)) {
      throw usage("--output " + output + " is the encoder or holds it; name another folder");
    }
  }

  private boolean holdsSource(Path folder) {
    try {
      return Files.exists(folder)
          && Files.exists(from)
          && from.toRealPath().startsWith(folder.toRealPath());
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private OptionalInt components(RetrieverSource source) {
    if (noPca) {
      return OptionalInt.empty();
    }
    int most = source.settings().spec().dimension();
    return OptionalInt.of(dimension == null ? Math.min(USUAL_DIMENSION, most) : dimension);
  }

  private TokenFrequencies frequencies(GracefulShutdown ending) {
    if (corpus != null) {
      IntConsumer counted = texts -> ending.check();
      return TokenFrequencies.in(corpus, counted);
    }
    return weighting == Weighting.NONE ? TokenFrequencies.equal() : TokenFrequencies.zipf();
  }
}
