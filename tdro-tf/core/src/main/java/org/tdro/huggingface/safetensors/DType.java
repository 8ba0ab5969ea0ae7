package org.tdro.huggingface.safetensors;

import java.util.Optional;

/** Element types, named as in the header. */
public enum DType {
  F64(8),
  F32(4),
  F16(2),
  /** The upper half of an {@code F32}. */
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U64(8),
  U32(4),
  U16(2),
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of an element. */
  public int bytes() {
    return bytes;
  }

  /**
   * The type's name in PyTorch, as {@code config.json} has it.
   *
   * @throws IllegalArgumentException for types that weights are not written in
   */
  public String torch() {
    return switch (this) {
      case F32 -> "float32";
      case BF16 -> "bfloat16";
      default ->
        throw new IllegalArgumentException("weights are written as F32 or BF16, not as " + this);
    };
  }

  static Optional<DType> named(String name) {
    for (var type : values()) {
      if (type.name().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
