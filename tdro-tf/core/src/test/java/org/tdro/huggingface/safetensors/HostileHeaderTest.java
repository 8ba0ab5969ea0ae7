package org.tdro.huggingface.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.tdro.huggingface.safetensors.RawFile.entry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.InputException;

/** What is wrong with a file is said, with the file and the tensor, before anything of it is used. */
class HostileHeaderTest {
  @TempDir
  Path folder;

  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("bad.safetensors");
  }

  /** The problems of the file, without its name, which each of them must begin with. */
  private List<String> problems() {
    var failure = catchThrowableOfType(InputException.class, () -> SafetensorsFile.open(file));
    assertThat(failure).isNotNull();
    return failure.problems().stream()
        .map(problem -> {
          assertThat(problem).startsWith(file + ": ");
          return problem.substring((file + ": ").length());
        })
        .toList();
  }

  private List<String> problems(String header, int dataBytes) throws IOException {
    RawFile.write(file, header, dataBytes);
    return problems();
  }

  private List<String> problemsOfEntries(int dataBytes, String... entries) throws IOException {
    return problems("{" + String.join(",", entries) + "}", dataBytes);
  }

  private List<String> problemsOfLength(long length) throws IOException {
    Files.write(
        file,
        ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());
    return problems();
  }

  @Test
  void aMissingFileIsSaid() {
    assertThat(problems()).containsExactly("there is no such file");
  }

  @Test
  void aFileWithoutALengthIsRefused() throws IOException {
    Files.write(file, new byte[7]);
    assertThat(problems())
        .containsExactly("has 7 bytes, a safetensors file begins with 8 bytes that tell the"
            + " header's length");
  }

  @Test
  void aHeaderBeyondTheFileIsRefused() throws IOException {
    assertThat(problemsOfLength(13))
        .containsExactly("claims a header of 13 bytes, but only 12 follow: the file is cut, fetch"
            + " it again");
  }

  @ParameterizedTest
  @ValueSource(longs = {100_000_001, 1L << 60, Long.MAX_VALUE, -1})
  void anEnormousHeaderIsRefused(long length) throws IOException {
    assertThat(problemsOfLength(length))
        .containsExactly("claims a header of " + Long.toUnsignedString(length)
            + " bytes, at most 100000000 are read; it is not a safetensors file");
  }

  @Test
  void aGitLfsPointerIsRecognised() throws IOException {
    Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    assertThat(problems()).singleElement().asString().contains("git lfs pull");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", " {}", "\uFEFF{}", "null"})
  void aHeaderIsAnObject(String header) throws IOException {
    assertThat(problems(header, 0)).singleElement().asString().contains("does not begin with {");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{]", "{\"a\":", "{\"a\" 1}", "{\"a\":{}}\0", "{'a':{}}"})
  void aHeaderIsJson(String header) throws IOException {
    assertThat(problems(header, 0)).singleElement().asString().contains("not valid JSON");
  }

  @Test
  void deepNestingIsRefused() throws IOException {
    assertThat(problems("{\"a\":" + "[".repeat(1_000_000), 0))
        .singleElement()
        .asString()
        .contains("not valid JSON");
  }

  @Test
  void aHeaderIsUtf8() throws IOException {
    RawFile.write(file, "{\"\u00e4\":{}}".getBytes(StandardCharsets.ISO_8859_1), 0);
    assertThat(problems()).containsExactly("the header is not UTF-8");
  }

  @Test
  void nothingFollowsTheObject() throws IOException {
    assertThat(problems("{} {}", 0)).containsExactly("text follows the header's JSON object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "[\"pt\"]", "{\"a\":1}", "{\"a\":{\"b\":\"c\"}}"})
  void metadataAreStrings(String metadata) throws IOException {
    assertThat(problems("{\"__metadata__\":" + metadata + "}", 0))
        .containsExactly("__metadata__ must be an object of strings");
  }

  @Test
  void aNameStandsOnce() throws IOException {
    assertThat(problemsOfEntries(
            2, entry("a", "U8", "[1]", "[0,1]"), entry("a", "U8", "[1]", "[1,2]")))
        .containsExactly("tensor 'a' is named twice in the header");
  }

  @Test
  void aPropertyStandsOnce() throws IOException {
    assertThat(problems(
            "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1))
        .containsExactly("tensor 'a' says its dtype, shape or data_offsets twice");
  }

  @Test
  void anUnknownTypeIsNamed() throws IOException {
    assertThat(problemsOfEntries(1, entry("a", "F4", "[1]", "[0,1]")))
        .singleElement()
        .asString()
        .startsWith("tensor 'a' is of unknown dtype F4, known are [F64, F32,");
  }

  @Test
  void whatAnEntryLacksIsSaid() throws IOException {
    assertThat(problems("{\"a\":{},\"b\":1}", 0))
        .containsExactly(
            "tensor 'a' needs a dtype, a string",
            "tensor 'a' needs a shape, at most 32 integers",
            "tensor 'a' needs data_offsets, two integers",
            "tensor 'b' must be an object with dtype, shape and data_offsets");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "[1.0]", "[\"1\"]", "[null]", "[[1]]", "[9223372036854775808]"})
  void shapesAreIntegers(String shape) throws IOException {
    assertThat(problemsOfEntries(1, entry("a", "U8", shape, "[0,1]")))
        .containsExactly("tensor 'a' needs a shape, at most 32 integers");
  }

  @Test
  void shapesHaveFewDimensions() throws IOException {
    var ones = IntStream.range(0, 33).mapToObj(i -> "1").collect(Collectors.joining(","));
    assertThat(problemsOfEntries(1, entry("a", "U8", "[" + ones + "]", "[0,1]")))
        .containsExactly("tensor 'a' needs a shape, at most 32 integers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "[0]", "[0,1,2]", "[0,1e0]", "[0,18446744073709551616]"})
  void offsetsAreTwoIntegers(String offsets) throws IOException {
    assertThat(problemsOfEntries(1, entry("a", "U8", "[1]", offsets)))
        .containsExactly("tensor 'a' needs data_offsets, two integers");
  }

  @Test
  void sizesAreNotNegative() throws IOException {
    assertThat(problemsOfEntries(2, entry("a", "U8", "[-1,-2]", "[0,2]")))
        .containsExactly("tensor 'a': shape [-1, -2] has a negative size");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[4294967296,4294967296]", "[2305843009213693952,4]"})
  void shapesThatOverflowAreRefused(String shape) throws IOException {
    assertThat(problemsOfEntries(0, entry("a", "F64", shape, "[0,0]")))
        .singleElement()
        .asString()
        .startsWith("tensor 'a': shape [")
        .endsWith("of F64 is larger than any file");
  }

  @Test
  void negativeAndReversedOffsetsAreRefused() throws IOException {
    assertThat(problemsOfEntries(
            4, entry("a", "U8", "[1]", "[-1,0]"), entry("b", "U8", "[1]", "[2,1]")))
        .containsExactly(
            "tensor 'a': data_offsets [-1, 0] are not a range",
            "tensor 'b': data_offsets [2, 1] are not a range");
  }

  @Test
  void bytesMatchTheShape() throws IOException {
    assertThat(problemsOfEntries(20, entry("a", "F32", "[2,3]", "[0,20]")))
        .containsExactly("tensor 'a' F32 [2, 3] takes 24 bytes, its data_offsets span 20");
  }

  @Test
  void overlapsAreRefused() throws IOException {
    assertThat(problemsOfEntries(
            6, entry("a", "U8", "[4]", "[0,4]"), entry("b", "U8", "[4]", "[2,6]")))
        .containsExactly("tensor 'b' U8 [4] at [2, 6] overlaps tensor 'a' U8 [4] at [0, 4]");
  }

  @Test
  void holesAreRefused() throws IOException {
    assertThat(problemsOfEntries(
            9, entry("a", "U8", "[2]", "[1,3]"), entry("b", "U8", "[2]", "[5,7]")))
        .containsExactly(
            "bytes 0 to 1 of the data, before tensor 'a' U8 [2], belong to no tensor",
            "bytes 3 to 5 of the data, before tensor 'b' U8 [2], belong to no tensor",
            "the last 2 bytes of the file belong to no tensor");
  }

  @Test
  void dataThatAreCutAreRefused() throws IOException {
    assertThat(problemsOfEntries(
            5,
            entry("a", "U8", "[4]", "[0,4]"),
            entry("b", "U8", "[4]", "[4,8]"),
            entry("c", "U8", "[4]", "[8,12]")))
        .containsExactly("its data end after 5 bytes, tensor 'b' U8 [4] goes to byte 8 and 1 more"
            + " tensors go beyond: it is cut, fetch it again");
  }

  @Test
  void offsetsAtTheEndOfNumbersAreRefused() throws IOException {
    assertThat(problemsOfEntries(
            0, entry("a", "U8", "[0]", "[9223372036854775807,9223372036854775807]")))
        .last()
        .asString()
        .contains("it is cut");
  }

  @Test
  void allProblemsAreSaidAtOnce() throws IOException {
    assertThat(problemsOfEntries(
            4,
            entry("a", "F4", "[1]", "[0,1]"),
            entry("b", "U8", "[2]", "[1,2]"),
            entry("c", "U8", "[2]", "[2,4]"),
            entry("d", "U8", "[2]", "[3,5]")))
        .hasSize(4);
  }

  @Test
  void aThousandProblemsAreCounted() throws IOException {
    var entries = IntStream.range(0, 1000)
        .mapToObj(i -> entry("t" + i, "X", "[1]", "[0,1]"))
        .toArray(String[]::new);
    RawFile.write(file, "{" + String.join(",", entries) + "}", 1);
    var failure = catchThrowableOfType(InputException.class, () -> SafetensorsFile.open(file));
    assertThat(failure.problems()).hasSize(21).last().isEqualTo("and 980 more");
  }

  @Test
  void aMillionTensorsAreEnough() throws IOException {
    var header = IntStream.rangeClosed(0, 1_000_000)
        .mapToObj(i -> "\"" + i + "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}")
        .collect(Collectors.joining(",", "{", "}"));
    assertThat(problems(header, 0)).containsExactly("the header names more than 1000000 tensors");
  }

  @Test
  void textsOfTheFileDoNotReachTheTerminalAsTheyAre() throws IOException {
    var text = "\\u001b[31m\\n" + "x".repeat(300);
    assertThat(problemsOfEntries(
            0, entry(text, "U8", "[1]", "[0,0]"), entry("a", text, "[]", "[0,1]")))
        .hasSize(2)
        .allSatisfy(problem -> assertThat(problem).hasSizeLessThan(400).doesNotContain("\u001b"))
        .first()
        .asString()
        .startsWith("tensor '?[31m?xxx")
        .contains("xxx...'");
  }
}
