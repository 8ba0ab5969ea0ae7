package org.tdro.training.config;

import org.tdro.io.Checks;

/**
 * What only a BERT-shaped encoder has.
 *
 * @param typeVocabulary token types; 0 for none
 * @param positionPaddingId id that RoBERTa's positions leave out and count on from; -1 for BERT's, which count every token
 */
public record EncoderConfig(int typeVocabulary, int positionPaddingId) {
  public EncoderConfig {
    new Checks()
        .atLeast(0, "typeVocabulary", typeVocabulary)
        .atLeast(-1, "positionPaddingId", positionPaddingId)
        .done();
  }
}
