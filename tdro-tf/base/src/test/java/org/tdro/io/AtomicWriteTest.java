package org.tdro.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicWriteTest {
  @TempDir
  Path folder;

  @Test
  void aFileAppearsWithTheFoldersAboveIt() {
    var file = folder.resolve("a/b/file");
    AtomicWrite.file(file, beside -> Files.writeString(beside, "new"));
    assertThat(file).hasContent("new");
  }

  @Test
  void aFileThatCannotBeWrittenWholeLeavesTheOldOneAndNothingElse() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "old");
    assertThatThrownBy(() -> AtomicWrite.file(file, beside -> {
          Files.writeString(beside, "half");
          throw new IOException("disk full");
        }))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("cannot write " + file + ": disk full");
    assertThat(file).hasContent("old");
    assertThat(entries()).containsExactly(file);
  }

  @Test
  void aFolderIsReplacedWhole() throws IOException {
    var target = folder.resolve("target");
    AtomicWrite.folder(target, beside -> Files.writeString(beside.resolve("old"), ""));
    AtomicWrite.folder(target, beside -> Files.writeString(beside.resolve("new"), ""));
    assertThat(target).isDirectoryNotContaining("glob:**/old").isDirectoryContaining("glob:**/new");
    assertThat(entries()).containsExactly(target);
  }

  @Test
  void aFolderThatFailsLeavesTheOldOneAndNothingElse() throws IOException {
    var target = folder.resolve("target");
    AtomicWrite.folder(target, beside -> Files.writeString(beside.resolve("old"), ""));
    assertThatThrownBy(() -> AtomicWrite.folder(target, beside -> {
          Files.writeString(beside.resolve("half"), "");
          throw new IllegalStateException("not finite");
        }))
        .hasMessage("not finite");
    assertThat(target).isDirectoryContaining("glob:**/old");
    assertThat(entries()).containsExactly(target);
  }

  @Test
  void whatACrashLeftBesideIsNoObstacle() throws IOException {
    var target = folder.resolve("target");
    Files.createDirectories(folder.resolve(".target.writing/half"));
    Files.createDirectories(folder.resolve(".target.old/older"));
    AtomicWrite.folder(target, beside -> Files.writeString(beside.resolve("new"), ""));
    assertThat(entries()).containsExactly(target);
  }

  private List<Path> entries() throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  @Test
  void aLinkStaysAndItsTargetIsReplaced() throws IOException {
    var target = Files.writeString(folder.resolve("target"), "old");
    var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("target"));
    AtomicWrite.file(link, beside -> Files.writeString(beside, "new"));
    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("new");
    var models = Files.createDirectory(folder.resolve("models"));
    var current = Files.createSymbolicLink(folder.resolve("current"), models);
    AtomicWrite.folder(current, beside -> Files.writeString(beside.resolve("weights"), ""));
    assertThat(current).isSymbolicLink();
    assertThat(models.resolve("weights")).exists();
  }

  @Test
  void aFolderThatWasBuiltBesideReplacesTheOldOne() throws IOException {
    var target = folder.resolve("target");
    AtomicWrite.folder(target, beside -> Files.writeString(beside.resolve("old"), ""));
    var built = Files.createDirectory(folder.resolve("target.building"));
    Files.writeString(built.resolve("new"), "");
    AtomicWrite.move(built, target);
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(target));
    assertThat(target).isDirectoryNotContaining("glob:**/old");
    assertThat(target.resolve("new")).exists();
  }

  @Test
  void linksInACircleLeadNowhere() throws IOException {
    var link = Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    assertThatThrownBy(() -> AtomicWrite.target(link))
        .isInstanceOf(FileException.class)
        .hasMessage("cannot read " + link + ": its links lead in a circle");
  }

  @Test
  void aPipeIsWrittenToAndStays() throws Exception {
    var pipe = folder.resolve("pipe");
    assumeTrue(
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0,
        "skipped: no pipe can be made here");
    var reader = CompletableFuture.supplyAsync(() -> {
      try {
        return Files.readString(pipe);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    AtomicWrite.checkWritable(pipe);
    AtomicWrite.file(pipe, beside -> Files.writeString(beside, "content"));
    assertThat(reader.get(20, TimeUnit.SECONDS)).isEqualTo("content");
    assertThat(Files.isRegularFile(pipe)).isFalse();
    assertThat(entries()).containsExactly(pipe);
  }
}
