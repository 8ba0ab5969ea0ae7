package org.tdro.text;

/** A tokenizer file that is missing, cannot be read or cannot be written; the message names the file. */
public final class TokenizerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TokenizerException(String message) {
    super(message);
  }

  public TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}
