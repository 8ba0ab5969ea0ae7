package org.tdro.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.tdro.export.tokenizer.GraphTokenizer;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Sha256;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.store.RetrieverFolder;
import org.tdro.serving.client.IdType;
import org.tdro.serving.client.RetrieverAssets;
import org.tdro.text.InexpressibleTokenizerException;
import org.tdro.text.Similarity;

/** A small retriever as a SavedModel, without the check by a process of its own that an export does. */
public final class SmallExport {
  /** As a server calls it. */
  public static final String NAME = "small";

  private SmallExport() {}

  /** Writes a retriever of {@link SmallRetriever#mini()} and returns its folder. */
  public static RetrieverFolder retriever(Path folder) {
    return SmallRetriever.write(folder, SmallRetriever.mini());
  }

  /** Writes one whose tokenizer is WordPiece, so that its exports take strings, and returns its folder. */
  public static RetrieverFolder wordPieceRetriever(Path folder) {
    return SmallRetriever.write(folder, SmallRetriever.mini(), SmallRetriever::writeWordPiece);
  }

  /** Writes the SavedModel of a retriever. */
  public static void write(RetrieverFolder retriever, IdType type, Path version) {
    write(retriever, type, Precision.FP32, version);
  }

  /** Writes it in a precision. */
  public static void write(
      RetrieverFolder retriever, IdType type, Precision precision, Path version) {
    var settings = retriever.settings();
    AtomicWrite.folder(version, beside -> {
      Files.createDirectories(beside.resolve(RetrieverAssets.FOLDER));
      Files.copy(retriever.tokenizer(), RetrieverAssets.tokenizerFile(beside));
      var assets = new RetrieverAssets(
          NAME,
          settings.queryLength(),
          settings.passageLength(),
          settings.spec().dimension(),
          "mean",
          true,
          Similarity.COSINE,
          settings.prompts(),
          Sha256.of(retriever.tokenizer()),
          type,
          8);
      assets.write(beside);
      try (var model = new EncoderModel(settings.spec(), 0)) {
        model.load(retriever);
        SavedModelWriter.write(
            model,
            assets,
            tokenizer(retriever.tokenizer()),
            new ExportOptions(type, precision),
            beside);
      }
    });
  }

  private static Optional<GraphTokenizer> tokenizer(Path file) {
    try {
      return Optional.of(GraphTokenizer.read(file));
    } catch (InexpressibleTokenizerException e) {
      return Optional.empty();
    }
  }

  /** Puts the same model there as another version, complete at once. */
  public static void copy(Path version, Path other) {
    AtomicWrite.folder(other, beside -> {
      try (var files = Files.walk(version)) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          var target = beside.resolve(version.relativize(file).toString());
          Files.createDirectories(target.getParent());
          Files.copy(file, target);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }
}
