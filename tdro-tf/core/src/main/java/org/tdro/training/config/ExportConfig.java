package org.tdro.training.config;

import org.tdro.io.Checks;
import org.tdro.serving.client.IdType;

/**
 * The exported SavedModel.
 *
 * @param idType type of the token ids it takes
 * @param tolerance largest difference between an embedding of the exported model and of the checkpoint
 */
public record ExportConfig(IdType idType, double tolerance) {
  public ExportConfig {
    new Checks().positive("tolerance", tolerance).done();
  }
}
