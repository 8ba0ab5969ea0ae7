package org.tdro.export;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.tdro.serving.client.IdType;

/**
 * Settings of an export.
 *
 * @param defaultSignature the signature of clients that name none
 * @param version its number; the next free one if it is empty
 * @param accepted the largest difference between an exported and a trained embedding that is accepted; the precision's if it is
 *     empty
 */
public record ExportOptions(
    IdType idType,
    Precision precision,
    DefaultSignature defaultSignature,
    OptionalLong version,
    OptionalDouble accepted) {
  public ExportOptions {
    if (accepted.isPresent() && !(accepted.getAsDouble() >= 0)) {
      throw new IllegalArgumentException(
          "the tolerance must be at least 0, was " + accepted.getAsDouble());
    }
  }

  /** The next version, with queries as token ids by default, accepted by the precision's own tolerance. */
  public ExportOptions(IdType idType, Precision precision) {
    this(
        idType,
        precision,
        DefaultSignature.ENCODE_QUERY,
        OptionalLong.empty(),
        OptionalDouble.empty());
  }

  /** The largest difference that is accepted. */
  public double tolerance() {
    return accepted.orElse(precision.tolerance());
  }
}
