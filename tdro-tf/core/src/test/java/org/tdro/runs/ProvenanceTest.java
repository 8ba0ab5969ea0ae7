package org.tdro.runs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tensorflow.TensorFlow;

class ProvenanceTest {
  @Test
  void namesWhatComputes() {
    assertThat(Provenance.versions())
        .containsKeys("tdro", "os", "processors")
        .containsEntry("tensorflow", TensorFlow.version())
        .containsEntry("java", Runtime.version().toString());
  }

  @Test
  void thePeakOfMemoryIsThatOfThisProcess() {
    assertThat(Provenance.peakMemoryMiB()).isBetween(20L, 100_000L);
  }
}
