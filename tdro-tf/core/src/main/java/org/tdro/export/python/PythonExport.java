package org.tdro.export.python;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.Stream;
import org.tdro.huggingface.CheckpointWriter;
import org.tdro.huggingface.PoolingConfig;
import org.tdro.huggingface.SentenceTransformersFiles;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.TemporaryFolder;
import org.tdro.retriever.Encoder;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.text.SpecialTokens;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tdro.text.TokenizerConfig;
import org.tdro.text.TokenizerFolder;

/** An export of a retriever as a folder for Python: weights in one of two forms, with the files of sentence-transformers. */
public abstract class PythonExport {
  private final PythonModelCard card;
  private final PythonModelCard.Library library;

  PythonExport(PythonModelCard card, PythonModelCard.Library library) {
    this.card = card;
    this.library = library;
  }

  /** Exports a retriever with one encoder; see {@link #export(RetrieverSource, RetrieverSettings, Optional, Path)}. */
  public final void export(RetrieverSource source, RetrieverSettings settings, Path output) {
    export(source, settings, Optional.empty(), output);
  }

  /**
   * Writes a retriever to a folder that must not exist yet.
   *
   * @param settings the stored ones or changed ones
   * @param side whose encoder; needed where queries and passages have their own
   * @throws IllegalArgumentException listing everything that the form cannot express; nothing is left behind then
   */
  public final void export(
      RetrieverSource source, RetrieverSettings settings, Optional<TextKind> side, Path output) {
    if (Files.exists(output)) {
      throw new IllegalArgumentException(
          output + " exists already; name another output folder or remove it");
    }
    replace(source, settings, side, output);
  }

  /** Writes the same to a folder that may exist: it is replaced, with all of its content, once the new one is complete. */
  public final void replace(
      RetrieverSource source, RetrieverSettings settings, Optional<TextKind> side, Path output) {
    check(source, settings);
    var sentence = sentence(source, settings);
    var kind = side(settings.spec(), side);
    AtomicWrite.folder(output, beside -> {
      var backbone = sentence.backboneFolder(beside);
      var tokens = tokenizer(source, settings, sentence, backbone);
      try (var model = new EncoderModel(settings.spec(), 0)) {
        model.load(source);
        var encoder = model.encoders().of(kind);
        write(backbone, settings, tokens, model, encoder);
        sentence.write(
            beside,
            encoder.projections(),
            new CheckpointWriter(model.tf(), model.session(), DType.F32));
      }
      card.write(beside, settings, library);
    });
  }

  /**
   * Checks that the form can hold the retriever.
   *
   * @throws IllegalArgumentException if it cannot
   */
  abstract void check(RetrieverSource source, RetrieverSettings settings);

  /**
   * Writes the weights of an encoder and their description.
   *
   * @param tokens the special tokens, as far as they are known
   */
  abstract void write(
      Path folder,
      RetrieverSettings settings,
      SpecialTokens tokens,
      EncoderModel model,
      Encoder encoder)
      throws IOException;

  private static TextKind side(RetrieverSpec spec, Optional<TextKind> side) {
    if (spec.untied() && side.isEmpty()) {
      throw new IllegalArgumentException(
          "queries and passages have separate encoders, and a folder holds one: choose with --side query or --side passage");
    }
    return side.orElse(TextKind.PASSAGE);
  }

  private static SentenceTransformersFiles sentence(
      RetrieverSource source, RetrieverSettings settings) {
    var spec = settings.spec();
    var mode = mode(spec.pooling());
    var files = new SentenceTransformersFiles(
        spec.architecture(),
        mode.orElse(PoolingConfig.Mode.MEAN),
        spec.projections(),
        spec.normalize(),
        Math.max(settings.queryLength(), settings.passageLength()),
        settings.prompts(),
        settings.similarity());
    var problems = new ArrayList<String>();
    if (mode.isEmpty()) {
      problems.add("pooling %s; it pools %s"
          .formatted(
              spec.pooling(),
              Stream.of(Pooling.values())
                  .filter(pooling -> mode(pooling).isPresent())
                  .toList()));
    }
    if (spec.isCut()) {
      problems.add(
          "embeddings that are cut as stored; export whole ones and load them with truncate_dim=%d"
              .formatted(spec.dimension()));
    }
    problems.addAll(files.problems());
    if (files.isStatic()) {
      tokenizerProblem(source, spec).ifPresent(problems::add);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "sentence-transformers does not know\n  " + String.join("\n  ", problems));
    }
    return files;
  }

  /** Returns why sentence-transformers' StaticEmbedding would split texts otherwise, if it would. */
  private static Optional<String> tokenizerProblem(RetrieverSource source, RetrieverSpec spec) {
    return TemporaryFolder.with(scratch -> {
      var file = source.tokenizer(spec.pooling(), scratch);
      if (file.isEmpty()) {
        return Optional.of("a model of kind static without a tokenizer.json");
      }
      try (var tokenizer = Tokenizer.load(file.get())) {
        return tokenizer.addsSpecialTokens()
            ? Optional.of(
                "special tokens around a text in a model of kind static: its StaticEmbedding leaves them out; train with a tokenizer.json whose post_processor is null (data.tokenizer), or export a SavedModel")
            : Optional.empty();
      }
    });
  }

  private static Optional<PoolingConfig.Mode> mode(Pooling pooling) {
    return switch (pooling) {
      case CLS -> Optional.of(PoolingConfig.Mode.CLS);
      case MEAN -> Optional.of(PoolingConfig.Mode.MEAN);
      case LASTTOKEN -> Optional.of(PoolingConfig.Mode.LASTTOKEN);
      case MAX -> Optional.of(PoolingConfig.Mode.MAX);
      case MEAN_SQRT_LEN_TOKENS -> Optional.of(PoolingConfig.Mode.MEAN_SQRT_LEN_TOKENS);
      case WEIGHTEDMEAN -> Optional.of(PoolingConfig.Mode.WEIGHTEDMEAN);
      case AVG_FIRST_LAST, AVG_TOP2 -> Optional.empty();
    };
  }

  /** Writes the tokenizer, if the retriever has one, in the form that Python loads; returns its special tokens. */
  private static SpecialTokens tokenizer(
      RetrieverSource source,
      RetrieverSettings settings,
      SentenceTransformersFiles sentence,
      Path folder)
      throws IOException {
    var file = folder.resolve("tokenizer.json");
    boolean present = TemporaryFolder.with(scratch ->
            source.tokenizer(settings.spec().pooling(), scratch).map(found -> copy(found, file)))
        .isPresent();
    if (!present) {
      return new SpecialTokens(Optional.empty(), Optional.empty());
    }
    if (sentence.isStatic()) {
      new TokenizerFolder(folder).writeCut(file, sentence.maxLength());
    }
    var tokens = SpecialTokens.of(file, source.path());
    if (!sentence.isStatic()) {
      TokenizerConfig.write(folder, sentence.maxLength(), tokens);
    }
    return tokens;
  }

  private static Path copy(Path source, Path file) {
    try {
      return Files.copy(source, file);
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }
}
