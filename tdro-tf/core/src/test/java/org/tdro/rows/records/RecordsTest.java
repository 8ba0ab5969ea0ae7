package org.tdro.rows.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionUtil;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.io.Compression;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.TextLines;

/**
 * Each kind of file. Those of Parquet and two of Arrow were written by other programs: DuckDB 1.4.1, arrow-rs (parquet-wasm 0.6.1) with
 * data pages of version 2, and Arrow for JavaScript 17, whose first column has a dictionary.
 */
class RecordsTest {
  private static final List<String> ROWS = List.of("""
      {"query_id":"q0","query":"who 0","positive_passages":[{"docid":"d0","text":"text é 0"},{"docid":"e","title":"T","text":"x"}],"negative_passages":[]}""", """
      {"query_id":"q1","query":"who 1","positive_passages":[{"docid":"d1","text":"text é 1"},{"docid":"e","title":"T","text":"x"}],"negative_passages":[{"docid":"n","title":"","text":"neg"}]}""", """
      {"query_id":"q2","query":"who 2","positive_passages":[{"docid":"d2","text":"text é 2"},{"docid":"e","title":"T","text":"x"}],"negative_passages":[]}""");

  @TempDir
  Path folder;

  private Path write(String name, String content) throws IOException {
    var file = folder.resolve(name);
    try (BufferedWriter out = TextLines.writer(file, file)) {
      out.write(content);
    }
    return file;
  }

  private static Path resource(String name) throws Exception {
    return Path.of(RecordsTest.class.getResource("/records/" + name).toURI());
  }

  private static List<String> all(Path file) {
    var all = new ArrayList<String>();
    try (var records = Records.open(file)) {
      for (var record = records.next(); record != null; record = records.next()) {
        all.add(file.relativize(Path.of(record.place()))
                .toString()
                .replace("../", "")
                .replace(file.getFileName().toString(), "")
            + " " + record.value());
      }
    }
    return all;
  }

  private static List<JsonNode> values(Path file) {
    var all = new ArrayList<JsonNode>();
    try (var records = Records.open(file)) {
      for (var record = records.next(); record != null; record = records.next()) {
        all.add(record.value());
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.ndjson.gz", "a.jsonl.zst", "a.json"})
  void linesHoldObjectsOrLists(String name) throws IOException {
    var file = write(name, "{\"a\": 1}\n\n[\"x\", \"y\"]\n");
    assertThat(all(file)).containsExactly(":1 {\"a\":1}", ":3 [\"x\",\"y\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.json", "a.json.zst", "a.jsonl", "a.JSONL.GZ"})
  void listsAreReadItemByItemWhateverTheFileIsCalled(String name) throws IOException {
    assertThat(all(write(name, "\uFEFF[\n  {\"a\": 1},\n  {\n   \"a\": [2]}\n]\n")))
        .containsExactly(":2 {\"a\":1}", ":3 {\"a\":[2]}");
    assertThat(all(write(name, "[{\"a\":1}, {\"a\":2}]")))
        .containsExactly(":1 {\"a\":1}", ":1 {\"a\":2}");
  }

  @Test
  void aListOfListsOfTextsIsOneInAJsonFile() throws IOException {
    assertThat(all(write("a.json", "[[\"x\", \"y\"],\n[\"z\", \"u\"]]")))
        .containsExactly(":1 [\"x\",\"y\"]", ":2 [\"z\",\"u\"]");
  }

  @Test
  void tablesAreQuotedAsTheStandardSays() throws IOException {
    var text =
        "\uFEFFquery,answer\r\n\"a, \"\"b\"\"\",\"two\nlines\"\r\n\r\n\"\",\"\"\r\nit's,plain \"quotes\"\r\n";
    for (var name : List.of("a.csv", "a.CSV.gz", "a.csv.zst")) {
      assertThat(all(write(name, text)))
          .containsExactly(
              ":2 {\"query\":\"a, \\\"b\\\"\",\"answer\":\"two\\nlines\"}",
              ":5 {\"query\":\"\",\"answer\":\"\"}",
              ":6 {\"query\":\"it's\",\"answer\":\"plain \\\"quotes\\\"\"}");
    }
    assertThat(all(write("a.tsv", "query\tanswer\na, b\tc\n")))
        .containsExactly(":2 {\"query\":\"a, b\",\"answer\":\"c\"}");
    assertThat(all(write("a.csv", "\uFEFF\"query, all\";answer\n\"a;\nb\";c,d\n")))
        .containsExactly(":2 {\"query, all\":\"a;\\nb\",\"answer\":\"c,d\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "duckdb-v1-snappy.parquet",
        "duckdb-v1-gzip.parquet",
        "duckdb-v2-zstd.parquet",
        "duckdb-v2-lz4_raw.parquet",
        "rust-v2-none.parquet",
        "rust-v2-snappy.parquet",
        "js-file.arrow",
        "js-stream.arrow"
      })
  void filesOfOtherProgramsHoldTheSameRows(String name) throws Exception {
    var file = resource(name);
    var values = values(file);
    // Absent or null is the same to who reads rows.
    values.forEach(row -> row.path("positive_passages").forEach(passage -> {
      if (passage.path("title").isNull()) {
        ((ObjectNode) passage).remove("title");
      }
    }));
    assertThat(values)
        .isEqualTo(ROWS.stream().map(row -> Json.object(row, "row")).toList());
    try (var records = Records.open(file)) {
      assertThat(records.next().place()).isEqualTo(file + ":row 1");
    }
  }

  @Test
  void parquetHasNestedListsStructsMapsAndNumbers() throws Exception {
    assertThat(values(resource("duckdb-types.parquet"))).hasToString("""
        [{"texts":["a",null,"b"],"nested":[[1,2],[]],"struct":{"a":1,"b":true},"map":{"k":1.5},"nothing":null,"f":1.25,"n":7}]""");
  }

  /** Lists of two levels, as Avro and Thrift once wrote them, and bytes that do not say that they are a text. */
  @Test
  void parquetListsOfOldWritersAreRead() {
    var schema = MessageTypeParser.parseMessageType("""
        message row {
          optional group texts (LIST) { repeated binary array; }
          optional group objects (LIST) { repeated group array { optional binary text; } }
          optional group pairs (LIST) { repeated group pairs_tuple { optional binary text; } }
          repeated binary bare;
        }""");
    var row = new SimpleGroup(schema);
    row.addGroup("texts").append("array", "a").append("array", "b");
    row.addGroup("objects").addGroup("array").append("text", "c");
    row.addGroup("pairs").addGroup("pairs_tuple").append("text", "d");
    row.append("bare", "e");
    assertThat(GroupTrees.of(row)).hasToString("""
        {"texts":["a","b"],"objects":[{"text":"c"}],"pairs":[{"text":"d"}],"bare":["e"]}""");
  }

  @Test
  void compressedArrowIsReadAndDamageNamed() throws Exception {
    for (var codec : List.of(CompressionUtil.CodecType.LZ4_FRAME, CompressionUtil.CodecType.ZSTD)) {
      var file = writeArrow(folder.resolve(codec + ".arrow"), codec);
      assertThat(all(file)).hasSize(1000).endsWith(":row 1000 {\"text\":\"text 999\"}");
      var bytes = Files.readAllBytes(file);
      Arrays.fill(bytes, 300, 600, (byte) 7);
      Files.write(file, bytes);
      assertThatThrownBy(() -> all(file))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(file.toString());
    }
  }

  private static Path writeArrow(Path file, CompressionUtil.CodecType codec) throws Exception {
    var schema = new Schema(List.of(Field.nullable("text", ArrowType.Utf8.INSTANCE)));
    try (var allocator = new RootAllocator();
        var root = VectorSchemaRoot.create(schema, allocator);
        var out = Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var writer = new ArrowFileWriter(
            root,
            null,
            out,
            Map.of(),
            IpcOption.DEFAULT,
            CommonsCompressionFactory.INSTANCE,
            codec)) {
      var texts = (VarCharVector) root.getVector("text");
      for (int i = 0; i < 1000; i++) {
        texts.setSafe(i, ("text " + i).getBytes(StandardCharsets.UTF_8));
      }
      root.setRowCount(1000);
      writer.writeBatch();
      writer.end();
    }
    return file;
  }

  @Test
  void partsAreReadAsOne() throws IOException {
    var parts = List.of(
        write("a-0.jsonl", "{\"a\":1}\n"), write("a-1.jsonl", ""), write("a-2.csv", "a\n2\n"));
    var places = new ArrayList<String>();
    try (var records = Records.open(parts)) {
      for (var record = records.next(); record != null; record = records.next()) {
        places.add(record.place());
      }
    }
    assertThat(places).containsExactly(parts.get(0) + ":1", parts.get(2) + ":2");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      a.jsonl | {"a": 1}~{"a":~                | :2: malformed JSON at column
      a.jsonl | {"a": 1, "a": 2}               | :1: malformed JSON at column 15: the key 'a' is there twice
      a.jsonl | 5                              | :1: is not a JSON object, but a number
      a.json  | [{"a": 1},~{"a" 2}]            | :2: malformed JSON at column
      a.json  | [{"a": 1},~5]                  | :2: is a number, expected an object, in a list of them
      a.json  | [{"a": 1},~{"a": 2}            | :2: malformed JSON at column
      a.json  | [{"a": 1}]~{}                  | :2: has more after the end of its list
      a.json  | {"a": 1,~ "b": ["c"]}          | :1: is an object of several lines, expected a list of records, or one on each line; jq -c . writes it so
      a.json  | {"a": 1,~ "b": [~{"c": 1}]}    | :1: is an object of several lines, expected a list of records, or one on each line; jq -c '.b[]' writes the items of its list so
      a.json  | {"b": [~{"c": 1},~{"c": 2}]}   | :1: is an object of several lines
      a.csv   | a,b~1,2~1~                     | :3: has 1 values, but the header names 2 columns
      a.csv   | a,a~1,2~                       | :1: the header names the column 'a' twice
      a.csv   | a,b~"x,2~                      | :2: its quotes do not match
      a.csv   | a,b~"x"y,2~                    | :2: its quotes do not match
      a.tsv   | a,b~1,2,3\t4~                  | :2: has 2 values, but the header names 1 columns
      """)
  void malformedTextIsNamedWithItsLine(String name, String content, String problem)
      throws IOException {
    var file = write(name, content.replace('~', '\n').replace("\\t", "\t"));
    assertThatThrownBy(() -> all(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + problem);
  }

  /** The records of Latin-1 that are not ASCII cannot be read, the others can. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      a.csv   | a~x~é~\uD835\uDFFF~"u~é"~y~
      a.jsonl | {"a":"x"}~~{"a":"é"}~{"a":"\uD835\uDFFF"}~["é"]~{"a":"y"}~
      """)
  void recordsThatAreNotUtf8AreNamedOneByOne(String name, String content) throws Exception {
    var file = folder.resolve(name);
    var bytes = new java.io.ByteArrayOutputStream();
    for (var part : content.replace('~', '\n').split("(?<=é)|(?=é)", -1)) {
      bytes.write(
          part.getBytes(part.equals("é") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
    }
    Files.write(file, bytes.toByteArray());
    var texts = new ArrayList<String>();
    try (var records = Records.open(file)) {
      for (var record = records.next(); record != null; record = records.next()) {
        try {
          texts.add(record.value().path("a").textValue());
        } catch (InputException e) {
          assertThat(e).hasMessage(record.place() + ": " + TextLines.NOT_UTF_8);
          texts.add(record.place().substring(file.toString().length()));
        }
      }
    }
    assertThat(texts).containsExactly("x", ":3", "\uD835\uDFFF", ":5", "y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.csv", "a.csv.gz", "a.jsonl", "a.json"})
  void utf16IsNamedOnce(String name) throws Exception {
    var file = folder.resolve(name);
    try (var out = Compression.write(file, file)) {
      out.write("\uFEFFa\nb\n".getBytes(StandardCharsets.UTF_16LE));
    }
    assertThatThrownBy(() -> all(file))
        .hasMessage(file + ":1: is UTF-16, expected UTF-8; convert it: iconv -f UTF-16 -t UTF-8");
  }

  @Test
  void malformedBytesAreNamed() throws Exception {
    var table = folder.resolve("a.csv");
    Files.write(table, new byte[] {'a', (byte) 0xff, '\n'});
    assertThatThrownBy(() -> all(table)).hasMessage(table + ":1: " + TextLines.NOT_UTF_8);
    Files.writeString(table, "a\nb\0\n");
    assertThatThrownBy(() -> all(table))
        .hasMessageStartingWith(table + ":2: holds the character NUL");
    var zstd = write("a.csv.zst", "a\n" + "text\n".repeat(100_000));
    Files.write(zstd, Arrays.copyOf(Files.readAllBytes(zstd), 20));
    assertThatThrownBy(() -> all(zstd)).hasMessageContaining("the zstd file ends too early");
    var plain = Files.writeString(folder.resolve("b.jsonl.zst"), "plain");
    assertThatThrownBy(() -> all(plain)).hasMessageContaining("damaged zstd file");
    for (var name : List.of("a.parquet", "a.arrow", "b.feather")) {
      var file = Files.writeString(folder.resolve(name), "not what its name says");
      assertThatThrownBy(() -> all(file))
          .isInstanceOf(InputException.class)
          .hasMessageMatching("\\Q" + file + "\\E: (cannot be read as|damaged) .*");
    }
    assertThatThrownBy(() -> all(resource("rust-v1-brotli.parquet")))
        .hasMessageContaining("its compression BROTLI is not read; write it with snappy");
    var cut = folder.resolve("cut.parquet");
    var bytes = Files.readAllBytes(resource("duckdb-v1-snappy.parquet"));
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> all(cut)).hasMessageContaining("was it copied as a whole?");
    var damaged = folder.resolve("damaged.parquet");
    Arrays.fill(bytes, 4, 60, (byte) 0x55);
    Files.write(damaged, bytes);
    assertThatThrownBy(() -> all(damaged))
        .isInstanceOf(InputException.class)
        .hasMessage(damaged + ":row 1: damaged Parquet file, or something else; copy it again");
  }

  /** Whatever of a file is damaged or missing, the error is one line that names it, and nothing else is said. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "js-file.arrow",
        "js-stream.arrow",
        "duckdb-v1-gzip.parquet",
        "duckdb-v2-zstd.parquet",
        "rust-v2-snappy.parquet"
      })
  void damagedFilesOfLibrariesAreNamedInOneLine(String name) throws Exception {
    var whole = Files.readAllBytes(resource(name));
    var file = folder.resolve(name);
    var random = new java.util.Random(7);
    for (int i = 0; i < 60; i++) {
      var bytes = Arrays.copyOf(whole, i % 2 == 0 ? whole.length : random.nextInt(whole.length));
      for (int k = 0; i % 2 == 0 && k < 8; k++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Files.write(file, bytes);
      try {
        all(file);
      } catch (InputException e) {
        assertThat(e.problems()).hasSize(1);
        assertThat(e)
            .hasNoCause()
            .hasMessageMatching("\\Q" + file
                + "\\E(:row \\d+)?: (damaged (Arrow|Parquet) file, or something else; copy it again"
                + "|needs more memory than there is, or is a damaged (Arrow|Parquet) file"
                + "|cannot be read as Parquet: .*)");
      }
    }
  }

  @Test
  void linksAreFollowedAndPointersOfGitLfsNamed() throws IOException {
    var link =
        Files.createSymbolicLink(folder.resolve("link.jsonl"), write("a.jsonl", "{\"a\": 1}\n"));
    assertThat(values(link)).hasToString("[{\"a\":1}]");
    for (var name : List.of("b.jsonl", "b.parquet", "b.csv.gz")) {
      var pointer = Files.writeString(
          folder.resolve(name), "version https://git-lfs.github.com/spec/v1\noid sha256:1\n");
      assertThatThrownBy(() -> all(pointer))
          .hasMessage(pointer + ": is not the file itself, but a pointer of Git LFS: git lfs pull");
    }
  }

  @Test
  void compressedFilesNeedTheirEnding() throws IOException {
    for (var end : List.of(".gz", ".zst")) {
      var file = folder.resolve("a.jsonl");
      Files.copy(
          write("b.jsonl" + end, "{}\n"), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertThatThrownBy(() -> all(file))
          .hasMessage(file + ": is compressed, so its name must end in " + end);
    }
    assertThat(all(write("a.json", "[ ]\n"))).isEmpty();
  }

  @Test
  void missingFilesAndUnknownEndingsAreNamed() {
    for (var name : List.of("a.jsonl", "a.json", "a.csv", "a.parquet", "a.arrow")) {
      assertThatThrownBy(() -> Records.open(folder.resolve(name)))
          .hasMessage(folder.resolve(name) + ": there is no such file");
    }
    assertThatThrownBy(() -> Records.open(folder.resolve("a.parquet.gz")))
        .hasMessageContaining("its name has none of the endings .jsonl,");
    assertThat(Compression.strippedName(folder.resolve("a.b.CSV.Gz"))).isEqualTo("a.b.CSV");
    assertThat(FileKind.baseName(folder.resolve("a.b.CSV.Gz"))).isEqualTo("a.b");
  }
}
