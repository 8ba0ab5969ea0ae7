package org.tdro.training.config;

import org.tdro.io.Checks;

/**
 * The exported SavedModel.
 *
 * @param idType type of the token ids it takes
 * @param tolerance largest difference between an embedding of the exported model and of the checkpoint
 */
public record ExportConfig(IdType idType, double tolerance) {

  /** Integer types of token ids. */
  public enum IdType {
    /** 32 bits. */
    INT32,
    /** 64 bits, as many clients send. */
    INT64
  }

  public ExportConfig {
    new Checks().positive("tolerance", tolerance).done();
  }
}
