package org.tdro.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A failure of the file system that names the file or folder, such as a full disk or a missing permission. */
public final class FileException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  private FileException(String verb, Path path, IOException cause) {
    super("cannot " + verb + " " + path + ": " + reason(path, cause), cause);
  }

  /** Returns what went wrong; the message of some exceptions is the path alone. */
  private static String reason(Path path, IOException cause) {
    if (!path.toString().equals(cause.getMessage())) {
      return cause.getMessage();
    }
    return cause instanceof NoSuchFileException
        ? "there is no such file"
        : cause instanceof AccessDeniedException ? "permission denied" : cause.getMessage();
  }

  /** Returns the failure of reading a file, or of listing a folder, to be thrown. */
  public static FileException reading(Path path, IOException cause) {
    return new FileException("read", path, cause);
  }

  /** Returns the failure of writing a file or a folder, to be thrown. */
  public static FileException writing(Path path, IOException cause) {
    return new FileException("write", path, cause);
  }

  /** Returns the failure of deleting a file or a folder, to be thrown. */
  public static FileException deleting(Path path, IOException cause) {
    return new FileException("delete", path, cause);
  }
}
