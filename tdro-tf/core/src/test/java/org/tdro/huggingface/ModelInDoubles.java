package org.tdro.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A transformer of Hugging Face, token by token and in double precision, from its {@code config.json} and tensors alone: it shares no
 * code with what it is compared to.
 */
abstract class ModelInDoubles {
  final JsonNode config;

  /** By published name without prefix, row by row; they may be changed between two calls. */
  final Map<String, double[]> tensors;

  ModelInDoubles(JsonNode config, Map<String, double[]> tensors) {
    this.config = config;
    this.tensors = tensors;
  }

  /** Returns the shapes of the tensors of a published model, {@code [out, in]} those of a map. */
  abstract Map<String, long[]> shapes();

  /** Returns the states of a text, {@code [length][hidden]}; without meaning where {@code mask} is 0. */
  abstract double[][] states(int[] ids, int[] mask);

  /** Whether states do not depend on a tensor, whose gradient is zero then. */
  boolean isWithoutEffect(String tensor) {
    return false;
  }

  /** Gives all tensors random values that are exact in single precision. */
  void randomise(long seed) {
    var random = new SplittableRandom(seed);
    shapes().forEach((name, shape) -> {
      double spread = shape.length == 1
          ? 0.3
          : name.contains("embed") || name.contains("relative")
              ? 1
              : 1.2 / Math.sqrt((double) shape[1]);
      var values = new double[(int) size(shape)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (mean(name, shape) + spread * random.nextGaussian());
      }
      tensors.put(name, values);
    });
  }

  /** The mean of a tensor's values: scales are around one. */
  double mean(String name, long[] shape) {
    return shape.length == 1 && name.toLowerCase(Locale.ROOT).contains("norm") ? 1 : 0;
  }

  static long size(long[] shape) {
    long size = 1;
    for (long part : shape) {
      size *= part;
    }
    return size;
  }

  int whole(String key) {
    return config.get(key).asInt();
  }

  static void map(Map<String, long[]> shapes, String name, int out, int in, boolean hasBias) {
    shapes.put(name + ".weight", new long[] {out, in});
    if (hasBias) {
      shapes.put(name + ".bias", new long[] {out});
    }
  }

  static void norm(Map<String, long[]> shapes, String name, int size, boolean hasBias) {
    shapes.put(name + ".weight", new long[] {size});
    if (hasBias) {
      shapes.put(name + ".bias", new long[] {size});
    }
  }

  double[] row(String table, int index, int width) {
    var row = new double[width];
    System.arraycopy(tensors.get(table), index * width, row, 0, width);
    return row;
  }

  double[] linear(double[] x, String name) {
    var kernel = tensors.get(name + ".weight");
    var bias = tensors.get(name + ".bias");
    var y = new double[kernel.length / x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias == null ? 0 : bias[i];
      for (int j = 0; j < x.length; j++) {
        y[i] += kernel[i * x.length + j] * x[j];
      }
    }
    return y;
  }

  /** (x − mean) / √(variance + ε) · weight + bias. */
  double[] layerNorm(double[] x, String name, double epsilon) {
    var scale = tensors.get(name + ".weight");
    var bias = tensors.get(name + ".bias");
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double variance = 0;
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    var y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] =
          (x[i] - mean) / Math.sqrt(variance + epsilon) * scale[i] + (bias == null ? 0 : bias[i]);
    }
    return y;
  }

  /** Adds a head's mean of values to its part of {@code mixed}. */
  interface Scores {
    /** The score of a key; negative infinity for one that is not seen. */
    double of(int key);
  }

  static void mix(
      double[] mixed, int head, int keyHead, int size, List<double[]> values, Scores scores) {
    var weights = new double[values.size()];
    double sum = 0;
    for (int s = 0; s < weights.length; s++) {
      weights[s] = Math.exp(scores.of(s));
      sum += weights[s];
    }
    for (int s = 0; s < weights.length; s++) {
      for (int j = 0; j < size && sum > 0; j++) {
        mixed[head * size + j] += weights[s] / sum * values.get(s)[keyHead * size + j];
      }
    }
  }

  static double product(double[] query, int head, double[] key, int keyHead, int size) {
    double product = 0;
    for (int j = 0; j < size; j++) {
      product += query[head * size + j] * key[keyHead * size + j];
    }
    return product;
  }

  /** Turns a head, whose component j goes with j + size / 2. */
  static void turn(double[] heads, int begin, int size, double[] angles) {
    for (int j = 0; j < size / 2; j++) {
      double first = heads[begin + j];
      double second = heads[begin + j + size / 2];
      heads[begin + j] = first * Math.cos(angles[j]) - second * Math.sin(angles[j]);
      heads[begin + j + size / 2] = second * Math.cos(angles[j]) + first * Math.sin(angles[j]);
    }
  }

  /** x·Φ(x), by a series of the error function whose terms are all of one sign. */
  static double gelu(double x) {
    double z = x / Math.sqrt(2);
    double term = z;
    double sum = z;
    for (int n = 1; n < 400; n++) {
      term *= 2 * z * z / (2 * n + 1);
      sum += term;
    }
    return x / 2 * (1 + 2 / Math.sqrt(Math.PI) * Math.exp(-z * z) * sum);
  }

  static void add(double[][] x, double[][] change) {
    for (int t = 0; t < x.length; t++) {
      add(x[t], change[t]);
    }
  }

  static void add(double[] x, double[] change) {
    for (int j = 0; j < x.length; j++) {
      x[j] += change[j];
    }
  }
}
