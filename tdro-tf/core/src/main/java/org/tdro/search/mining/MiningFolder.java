package org.tdro.search.mining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.FolderLock;
import org.tdro.io.InputException;
import org.tdro.io.Json;

/**
 * The folder beside the output, {@code OUTPUT.mining}, in which a mining keeps what it has done, so that one that was killed goes on.
 *
 * @param folder the folder
 */
public record MiningFolder(Path folder) {
  private static final String FACTS = "mining.json";
  private static final String DOMAINS = "domains";

  /** Returns the folder of a mining whose rows will be in {@code output}. */
  public static MiningFolder of(Path output) {
    var whole = output.toAbsolutePath().normalize();
    return new MiningFolder(whole.resolveSibling(whole.getFileName() + ".mining"));
  }

  /**
   * Begins or continues a mining. What another one, of other rows or options, has done is removed, but for its embeddings.
   *
   * @param facts what the mined rows follow from, see {@link Json#write}
   * @throws InputException if the folder holds something else than a mining
   */
  public void begin(Object facts) {
    var record = folder.resolve(FACTS);
    var wanted = Json.object(Json.line(facts), "facts");
    if (!Files.exists(record)) {
      if (!isEmpty()) {
        throw new InputException(
            folder + ": is needed for what is mined, but holds something else; move it away");
      }
    } else if (!wanted.equals(Json.readLeniently(record))) {
      delete(folder.resolve(DOMAINS));
    }
    Json.write(record, wanted);
  }

  /** Returns the folder of a domain's parts. */
  public Path parts(String domain) {
    return folder.resolve(DOMAINS).resolve(domain);
  }

  /** Returns the folder of the embeddings of passages. */
  public Path embeddings() {
    return folder.resolve("embeddings");
  }

  /** Returns a place for an index that can be made again. */
  public Path index() {
    return folder.resolve("index");
  }

  /** Removes the folder and all that is in it. */
  public void delete() {
    delete(folder);
  }

  /** Returns whether there is nothing but the lock in the folder. */
  private boolean isEmpty() {
    try (var files = Files.list(folder)) {
      return files.allMatch(file -> file.endsWith(FolderLock.FILE));
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  private static void delete(Path folder) {
    try {
      AtomicWrite.delete(folder);
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    }
  }
}
