package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.search.EmbeddingFormat;
import org.tdro.search.Embeddings;

class BenchSearchCommandTest {
  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    var all = new ArrayList<>(List.of("bench", "search", "--rounds", "1"));
    all.addAll(List.of(arguments));
    return Main.run(all.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
  }

  private String write(String name, int rows, int dimension) throws IOException {
    var file = folder.resolve(name);
    var values = new float[rows * dimension];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    try (var writer = EmbeddingFormat.ARROW.open(file, dimension)) {
      writer.write(
          IntStream.range(0, rows).mapToObj(row -> "d" + row).toList(),
          new Embeddings(rows, dimension, values));
      writer.finish();
    }
    return file.toString();
  }

  @Test
  void vectorsOfFilesAreSearched() throws IOException {
    var documents = write("documents.arrow", 40, 8);
    var queries = write("queries.arrow", 5, 8);
    assertThat(run(
            "--vectors",
            documents,
            "--query-vectors",
            queries,
            "--queries",
            "3",
            "--exact",
            "--json"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .startsWith("40 documents of dimension 8, 3 queries, top 100\n")
        .contains("memory of exact search beside the mapped files: ")
        .contains("\"search\":\"exact, in Java\"")
        .doesNotContain("hnsw", "Lucene", "\"recall\":0");
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() throws IOException {
    var documents = write("documents.arrow", 4, 8);
    assertThat(run("--vectors", documents)).isEqualTo(2);
    assertThat(err.toString()).contains("--vectors and --query-vectors go together");
    assertThat(run("--vectors", documents, "--query-vectors", write("queries.arrow", 4, 6)))
        .isEqualTo(Failures.BAD_DATA);
    assertThat(err.toString())
        .contains("queries.arrow: has embeddings of size 6, but " + documents + " of size 8");
  }
}
