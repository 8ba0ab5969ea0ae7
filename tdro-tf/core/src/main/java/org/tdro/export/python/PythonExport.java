package org.tdro.export.python;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import org.tdro.text.TokenizerConfig;

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
    check(source, settings);
    var sentence = sentence(settings);
    var kind = side(settings.spec(), side);
    if (Files.exists(output)) {
      throw new IllegalArgumentException(
          output + " exists already; name another output folder or remove it");
    }
    AtomicWrite.folder(output, beside -> {
      var tokens = tokenizer(source, settings, sentence.maxLength(), beside);
      try (var model = new EncoderModel(settings.spec(), 0)) {
        model.load(source);
        var encoder = model.encoders().of(kind);
        write(beside, settings, tokens, model, encoder);
        sentence.write(
            beside,
            settings.spec().architecture().hidden(),
            encoder.projection(),
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

  private static SentenceTransformersFiles sentence(RetrieverSettings settings) {
    var spec = settings.spec();
    var mode = mode(spec.pooling());
    var files = new SentenceTransformersFiles(
        mode.orElse(PoolingConfig.Mode.MEAN),
        spec.normalize(),
        Math.max(settings.queryLength(), settings.passageLength()),
        settings.prompts(),
        settings.similarity());
    var problems = new ArrayList<String>();
    if (mode.isEmpty()) {
      problems.add("pooling %s; it pools %s"
          .formatted(spec.pooling(), List.of(Pooling.CLS, Pooling.MEAN, Pooling.LASTTOKEN)));
    }
    if (spec.isCut()) {
      problems.add(
          "embeddings that are cut as stored; export whole ones and load them with truncate_dim=%d"
              .formatted(spec.dimension()));
    }
    problems.addAll(files.problems());
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "sentence-transformers does not know\n  " + String.join("\n  ", problems));
    }
    return files;
  }

  private static Optional<PoolingConfig.Mode> mode(Pooling pooling) {
    return switch (pooling) {
      case CLS -> Optional.of(PoolingConfig.Mode.CLS);
      case MEAN -> Optional.of(PoolingConfig.Mode.MEAN);
      case LASTTOKEN -> Optional.of(PoolingConfig.Mode.LASTTOKEN);
      case AVG_FIRST_LAST, AVG_TOP2 -> Optional.empty();
    };
  }

  /** Writes the tokenizer, if the retriever has one, in the form that transformers loads; returns its special tokens. */
  private static SpecialTokens tokenizer(
      RetrieverSource source, RetrieverSettings settings, int maxLength, Path folder)
      throws IOException {
    var file = folder.resolve("tokenizer.json");
    boolean present = TemporaryFolder.with(scratch ->
            source.tokenizer(settings.spec().pooling(), scratch).map(found -> copy(found, file)))
        .isPresent();
    if (!present) {
      return new SpecialTokens(Optional.empty(), Optional.empty());
    }
    var tokens = SpecialTokens.of(file, source.path());
    TokenizerConfig.write(folder, maxLength, tokens);
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
