package org.tdro.tools.retrieval;

import java.util.Optional;
import org.tdro.search.lucene.Hnsw;
import picocli.CommandLine.Option;

/** The parameters of a graph of neighbours. */
final class HnswOptions {
  @Option(
      names = "--hnsw-m",
      paramLabel = "M",
      description = "Neighbours of a vector in the graph (default: 16).")
  private Integer m;

  @Option(
      names = "--hnsw-ef-construction",
      paramLabel = "N",
      description = "Candidates while the graph is built (default: 100).")
  private Integer efConstruction;

  @Option(
      names = "--hnsw-ef",
      paramLabel = "N",
      description =
          "Candidates while a query is searched, or --top-k if that is larger (default: 100).")
  private Integer ef;

  @Option(
      names = "--hnsw-quantization",
      paramLabel = "KIND",
      description = "What a coordinate is held as: none, int8 or int4 (default: none).")
  private Hnsw.Quantization quantization;

  /** Returns the first option that is given. */
  Optional<String> given() {
    return Optional.ofNullable(
        m != null
            ? "--hnsw-m"
            : efConstruction != null
                ? "--hnsw-ef-construction"
                : ef != null ? "--hnsw-ef" : quantization != null ? "--hnsw-quantization" : null);
  }

  /**
   * Returns the parameters.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  Hnsw parameters() {
    var usual = Hnsw.DEFAULT;
    int neighbours = or(m, usual.m());
    return new Hnsw(
        neighbours,
        or(efConstruction, Math.max(usual.efConstruction(), neighbours)),
        or(ef, usual.ef()),
        or(quantization, usual.quantization()));
  }

  private static <T> T or(T given, T usual) {
    return given == null ? usual : given;
  }
}
