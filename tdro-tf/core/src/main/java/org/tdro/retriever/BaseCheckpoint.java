package org.tdro.retriever;

import java.nio.file.Path;
import org.tdro.huggingface.PublishedFolder;
import org.tdro.io.InputException;

/**
 * The published model whose frozen weights adapters were trained on.
 *
 * @param folder in Hugging Face's form
 * @param fingerprint of its weights
 */
public record BaseCheckpoint(String folder, String fingerprint) {

  /** Returns the checkpoint in a folder, as it is now. */
  public static BaseCheckpoint of(PublishedFolder folder) {
    return new BaseCheckpoint(
        folder.path().toAbsolutePath().normalize().toString(), folder.backboneFingerprint());
  }

  /**
   * Opens the folder.
   *
   * @throws InputException if it holds other weights now, or none
   */
  public PublishedFolder open() {
    var path = Path.of(folder);
    if (!PublishedFolder.isOne(path)) {
      throw new InputException(
          folder + ": there is no model, but adapters were trained on the one there; put it back");
    }
    var found = PublishedFolder.open(path);
    if (!found.backboneFingerprint().equals(fingerprint)) {
      throw new InputException(
          folder + ": holds other weights than those that the adapters were trained on");
    }
    return found;
  }
}
