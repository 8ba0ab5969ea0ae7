package org.tdro.text;

/** The reason why a tokenizer cannot be computed exactly by operations on arrays. */
public final class InexpressibleTokenizerException extends Exception {
  private static final long serialVersionUID = 1;

  /** Creates an exception with a reason that continues "the tokenizer …". */
  InexpressibleTokenizerException(String reason) {
    super(reason);
  }
}
