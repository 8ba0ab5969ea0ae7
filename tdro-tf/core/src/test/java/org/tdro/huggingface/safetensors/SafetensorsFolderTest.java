package org.tdro.huggingface.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.tdro.huggingface.safetensors.RawFile.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.InputException;

class SafetensorsFolderTest {
  @TempDir
  Path folder;

  private void shard(String file, String... names) throws IOException {
    var header = new StringBuilder("{");
    for (int i = 0; i < names.length; i++) {
      header.append(i == 0 ? "" : ",");
      header.append(entry(names[i], "U8", "[1]", "[" + i + "," + (i + 1) + "]"));
    }
    RawFile.write(folder.resolve(file), header + "}", names.length);
  }

  private void index(String weightMap) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"), "{\"weight_map\":" + weightMap + "}");
  }

  private List<String> problems() {
    return catchThrowableOfType(InputException.class, () -> SafetensorsFolder.open(folder))
        .problems();
  }

  @Test
  void tensorsOfAllShardsAreThere() throws IOException {
    shard("1.safetensors", "a", "c");
    shard("2.safetensors", "b");
    index("{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\",\"c\":\"1.safetensors\"}");
    var opened = SafetensorsFolder.open(folder);
    assertThat(opened.tensors().keySet()).containsExactly("a", "b", "c");
    assertThat(opened.tensors().get("b").file()).isEqualTo(folder.resolve("2.safetensors"));
    assertThat(opened.files())
        .containsExactly(folder.resolve("1.safetensors"), folder.resolve("2.safetensors"));
  }

  @Test
  void aShardMayBeALinkToElsewhere() throws IOException {
    shard("blob", "a");
    var cache = Files.createDirectory(folder.resolve("snapshot"));
    Files.createSymbolicLink(cache.resolve("1.safetensors"), Path.of("..", "blob"));
    Files.writeString(
        cache.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"a\":\"1.safetensors\"}}");
    assertThat(SafetensorsFolder.open(cache).tensors()).containsOnlyKeys("a");
  }

  @Test
  void aSingleFileGoesBeforeAnIndex() throws IOException {
    shard("model.safetensors", "a");
    index("{\"b\":\"gone\"}");
    assertThat(SafetensorsFolder.open(folder).tensors()).containsOnlyKeys("a");
  }

  @Test
  void allMissingShardsAreNamed() throws IOException {
    shard("1.safetensors", "a");
    index("{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\",\"c\":\"3.safetensors\"}");
    assertThat(problems())
        .containsExactly(
            folder.resolve("2.safetensors")
                + ": is named by model.safetensors.index.json but missing, fetch it",
            folder.resolve("3.safetensors")
                + ": is named by model.safetensors.index.json but missing, fetch it");
  }

  @Test
  void problemsOfAllShardsAreSaidAtOnce() throws IOException {
    Files.write(folder.resolve("1.safetensors"), new byte[3]);
    Files.write(folder.resolve("2.safetensors"), new byte[4]);
    index("{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}");
    assertThat(problems()).hasSize(2);
  }

  @Test
  void aTensorThatItsShardDoesNotHoldIsNamed() throws IOException {
    shard("1.safetensors", "a");
    shard("2.safetensors", "b");
    index("{\"a\":\"2.safetensors\",\"b\":\"2.safetensors\",\"c\":\"1.safetensors\"}");
    var first = folder.resolve("1.safetensors");
    assertThat(problems())
        .containsExactly(
            folder.resolve("2.safetensors") + ": does not hold tensor 'a', which"
                + " model.safetensors.index.json puts there; it is in 1.safetensors",
            first + ": does not hold tensor 'c', which model.safetensors.index.json puts there");
  }

  @Test
  void aTensorInTwoShardsIsRefused() throws IOException {
    shard("1.safetensors", "a", "b");
    shard("2.safetensors", "b");
    index("{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}");
    assertThat(problems())
        .containsExactly(folder.resolve("2.safetensors") + ": tensor 'b' is also in 1.safetensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x", "/etc/x", "sub/x", "sub\\\\x", "..", ".", "", " ", "C:x", "x\\u0000"})
  void shardsStayInTheirFolder(String shard) throws IOException {
    index("{\"a\":\"" + shard + "\"}");
    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith(folder.resolve("model.safetensors.index.json") + ": weight_map puts tensor 'a'")
        .endsWith("which is not the name of a file beside it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "null", "\"x\""})
  void anIndexHasAWeightMap(String weightMap) throws IOException {
    index(weightMap);
    assertThat(problems()).singleElement().asString().contains("needs a weight_map");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":\"x\",\"a\":\"y\"}", "{", "{}} x"})
  void anIndexIsStrictJson(String weightMap) throws IOException {
    index(weightMap);
    assertThat(problems()).singleElement().asString().contains("not valid JSON");
  }

  @Test
  void anIndexNestedDeeplyIsRefused() throws IOException {
    index("[".repeat(100_000));
    assertThat(problems()).singleElement().asString().contains("not valid JSON");
  }

  @Test
  void whatWasLookedForIsSaid() {
    assertThat(problems())
        .containsExactly(
            folder + ": holds neither model.safetensors nor model.safetensors.index.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytorch_model.bin", "pytorch_model.bin.index.json"})
  void pickledWeightsMustBeConverted(String name) throws IOException {
    Files.createFile(folder.resolve(name));
    assertThat(problems())
        .singleElement()
        .asString()
        .contains(name + " must be converted to safetensors");
  }

  @Test
  void aMissingFolderIsSaid() {
    folder = folder.resolve("no");
    assertThat(problems()).containsExactly(folder + ": there is no such folder");
  }
}
