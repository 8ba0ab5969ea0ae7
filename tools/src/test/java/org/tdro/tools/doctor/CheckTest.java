package org.tdro.tools.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.tools.doctor.Finding.Status;

class CheckTest {
  @TempDir
  Path folder;

  @Test
  void aLibraryThatDoesNotLoadIsAProblem() {
    var findings = Check.guarded("tokenizers", "try another", () -> {
      throw new ExceptionInInitializerError(new UnsatisfiedLinkError("no such library\n  at ..."));
    });
    assertThat(findings)
        .containsExactly(
            Finding.problem("tokenizers", "UnsatisfiedLinkError: no such library", "try another"));
  }

  @Test
  void aFolderThatDoesNotExistYetIsJudgedByTheOneAboveIt() throws IOException {
    var finding = FoldersCheck.of("cache", folder.resolve("a/b"), "", 0);
    assertThat(finding.status()).isEqualTo(Status.OK);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFileInPlaceOfAFolderIsAProblem() throws IOException {
    var file = Files.createFile(folder.resolve("file"));
    assertThat(FoldersCheck.of("cache", file, "set data.cache", 0))
        .isEqualTo(Finding.problem("cache", file + " cannot be written", "set data.cache"));
  }

  @Test
  void littleSpaceIsANote() throws IOException {
    var finding = FoldersCheck.of("cache", folder, "set data.cache", Double.MAX_VALUE);
    assertThat(finding.status()).isEqualTo(Status.NOTE);
    assertThat(finding.figures()).containsKey("free_gib");
  }

  @Test
  void aCapOnNativeMemoryIsANote() {
    assertThat(MemoryCheck.nativeMemory(1L << 33).found()).startsWith("capped at 8.0 GiB");
    assertThat(MemoryCheck.nativeMemory(0).status()).isEqualTo(Status.OK);
  }

  @Test
  void problemsAreCounted() {
    assertThat(Doctor.problems(
            List.of(Finding.ok("a", ""), Finding.note("b", "", ""), Finding.problem("c", "", ""))))
        .isEqualTo(1);
  }
}
