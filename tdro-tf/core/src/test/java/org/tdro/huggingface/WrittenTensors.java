package org.tdro.huggingface;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tdro.huggingface.safetensors.DType;
import org.tdro.huggingface.safetensors.SafetensorsWriter;
import org.tdro.huggingface.safetensors.TensorSpec;

/** Tensors of random values that a float holds exactly, for files that a test publishes and a reference that it computes. */
public final class WrittenTensors {
  private final SortedMap<String, long[]> shapes = new TreeMap<>();
  private final SortedMap<String, double[]> values = new TreeMap<>();
  private final Random random;

  /** Creates no tensors yet. */
  public WrittenTensors(long seed) {
    random = new Random(seed);
  }

  /** Adds a tensor of normal values. */
  public WrittenTensors add(String name, double deviation, long... shape) {
    int size = 1;
    for (long length : shape) {
      size *= (int) length;
    }
    var tensor = new double[size];
    for (int i = 0; i < size; i++) {
      // The bits that BF16 keeps, and F16 for values of this size.
      float value = (float) (deviation * random.nextGaussian());
      tensor[i] = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
    }
    shapes.put(name, shape);
    values.put(name, tensor);
    return this;
  }

  /** The values of a tensor, row-major. */
  public double[] get(String name) {
    return values.get(name);
  }

  /** Writes all in one type, which must be one of floating point. */
  public void write(Path file, DType type) throws IOException {
    Files.createDirectories(file.getParent());
    var specs = new ArrayList<TensorSpec>();
    shapes.forEach((name, shape) -> specs.add(new TensorSpec(name, type, shape)));
    try (var writer = SafetensorsWriter.create(file, specs, SafetensorsWriter.PYTORCH)) {
      for (var spec : specs) {
        var bytes = ByteBuffer.allocate((int) spec.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values.get(spec.name())) {
          put(bytes, type, (float) value);
        }
        writer.write(spec.name(), bytes.flip());
      }
    }
  }

  private static void put(ByteBuffer bytes, DType type, float value) {
    switch (type) {
      case F32 -> bytes.putFloat(value);
      case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      case F16 -> bytes.putShort(half(value));
      default -> throw new IllegalArgumentException("not written here: " + type);
    }
  }

  /** Returns the bits of a number of half precision that is not subnormal and is held exactly. */
  private static short half(float value) {
    int bits = Float.floatToRawIntBits(value);
    int exponent = (bits >>> 23 & 0xff) - 127 + 15;
    if (value == 0 || exponent < 1) {
      throw new IllegalArgumentException("too small for half precision: " + value);
    }
    return (short) (((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff));
  }
}
