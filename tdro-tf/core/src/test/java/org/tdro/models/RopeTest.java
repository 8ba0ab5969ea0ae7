package org.tdro.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RopeTest {
  private static final int HEAD = 128;

  @Test
  void pairsTurnByPowersOfTheta() {
    var frequencies = new Rope(10_000, Rope.Scaling.NONE).frequencies(HEAD);
    assertThat(frequencies).hasSize(64);
    assertThat(frequencies[0]).isEqualTo(1);
    assertThat(frequencies[32]).isCloseTo(0.01, within(1e-15));
  }

  @Test
  void linearScalingStretchesAllAlike() {
    var plain = new Rope(10_000, Rope.Scaling.NONE).frequencies(HEAD);
    var scaled = new Rope(10_000, new Rope.Scaling(Rope.Kind.LINEAR, 4, 1, 1, 0)).frequencies(HEAD);
    for (int i = 0; i < plain.length; i++) {
      assertThat(scaled[i]).isEqualTo(plain[i] / 4);
    }
  }

  /** Llama 3.1's values, by wavelength as its authors wrote the rule down. */
  @Test
  void llama3KeepsShortWavelengthsAndStretchesLongOnes() {
    var plain = new Rope(500_000, Rope.Scaling.NONE).frequencies(HEAD);
    var scaled =
        new Rope(500_000, new Rope.Scaling(Rope.Kind.LLAMA3, 8, 1, 4, 8192)).frequencies(HEAD);
    int blended = 0;
    for (int i = 0; i < plain.length; i++) {
      double wavelength = 2 * Math.PI / plain[i];
      double expected;
      if (wavelength < 8192 / 4.0) {
        expected = plain[i];
      } else if (wavelength > 8192) {
        expected = plain[i] / 8;
      } else {
        double smooth = (8192 / wavelength - 1) / (4 - 1);
        expected = (1 - smooth) * plain[i] / 8 + smooth * plain[i];
        blended++;
      }
      assertThat(scaled[i]).isCloseTo(expected, within(1e-15));
    }
    assertThat(blended).isPositive();
  }
}
