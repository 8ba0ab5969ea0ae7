package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a command prints may get lost, which is a failure. */
class StandardOutputProcessTest {
  @Test
  void aResultThatIsLostIsNotASuccess() throws Exception {
    assumeTrue(Files.exists(TdroProcess.FULL), "skipped: there is no " + TdroProcess.FULL);
    assertThat(TdroProcess.runOnFullDisk(List.of("config")).with(1).err())
        .contains("standard output could not be written: No space left on device");
  }
}
