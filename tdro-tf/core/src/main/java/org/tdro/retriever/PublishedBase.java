package org.tdro.retriever;

import java.nio.file.Path;
import org.tdro.huggingface.HuggingFaceFolder;
import org.tdro.io.InputException;

/**
 * The published model whose weights an adapted backbone keeps.
 *
 * @param folder in Hugging Face's form
 * @param fingerprint of its weights
 */
public record PublishedBase(String folder, String fingerprint) {

  /** The model in a folder, as it is now. */
  public static PublishedBase of(HuggingFaceFolder folder) {
    return new PublishedBase(
        folder.path().toAbsolutePath().normalize().toString(), folder.fingerprint());
  }

  /**
   * The folder.
   *
   * @throws InputException if it holds other weights now, or none
   */
  public HuggingFaceFolder open() {
    var found = new HuggingFaceFolder(Path.of(folder));
    if (!found.exists()) {
      throw new InputException(
          folder + ": there is no model, but adapters were trained on the one there; put it back");
    }
    if (!found.fingerprint().equals(fingerprint)) {
      throw new InputException(
          folder + ": holds other weights than those that the adapters were trained on");
    }
    return found;
  }
}
