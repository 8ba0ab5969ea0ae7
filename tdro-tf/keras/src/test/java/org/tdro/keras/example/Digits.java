package org.tdro.keras.example;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.tdro.keras.Dataset;
import org.tdro.keras.Examples;

/** 1,797 images of handwritten digits, 8 × 8 pixels (UCI, CC BY 4.0; see digits.README.md). */
final class Digits {
  private Digits() {}

  static Examples examples() {
    var rows = rows();
    return Dataset.of(images(rows), labels(rows));
  }

  /** Pixels of 0 to 1. */
  static float[][] images(int[][] rows) {
    var images = new float[rows.length][64];
    for (int i = 0; i < rows.length; i++) {
      for (int pixel = 0; pixel < 64; pixel++) {
        images[i][pixel] = rows[i][pixel] / 16f;
      }
    }
    return images;
  }

  static int[] labels(int[][] rows) {
    return Stream.of(rows).mapToInt(row -> row[64]).toArray();
  }

  /** 64 pixels of 0 to 16 and the digit. */
  static int[][] rows() {
    try (var file = new GZIPInputStream(Digits.class.getResourceAsStream("digits.csv.gz"));
        var lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
      return lines
          .lines()
          .map(line -> Stream.of(line.split(",")).mapToInt(Integer::parseInt).toArray())
          .toArray(int[][]::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
