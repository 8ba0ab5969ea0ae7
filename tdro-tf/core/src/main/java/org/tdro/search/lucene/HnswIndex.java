package org.tdro.search.lucene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.OrderedParallel;
import org.tdro.search.DocumentEmbeddings;
import org.tdro.search.Embeddings;
import org.tdro.search.Run;
import org.tdro.search.ScoredDocument;

/**
 * An approximate search for the largest inner products, by Lucene's graph of neighbours in a folder ({@link Hnsw}). It may miss documents: compare
 * what it finds with {@link org.tdro.search.ExactSearch}.
 *
 * <p>Vectors may have any length and need not be normalised. The same vectors in the same order give the same graph, whatever the number of
 * processors. Thread-safe.
 */
public final class HnswIndex implements AutoCloseable {
  private static final String KIND = "hnsw";
  private static final String VECTOR = "embedding";
  private static final String DIMENSION = "dimension";
  private static final int MOST_DIMENSIONS = 1 << 16;

  /** The memory of the vectors that a segment collects before it is written. A fixed number of them, so that graphs are always the same. */
  private static final long SEGMENT_BYTES = 256L << 20;

  private final SortedIndex index;
  private final IndexSearcher searcher;
  private final int dimension;
  private final int ef;

  private HnswIndex(SortedIndex index, int ef) {
    this.index = index;
    this.searcher = new IndexSearcher(index.reader());
    this.dimension = Integer.parseInt(index.fact(DIMENSION));
    this.ef = ef;
  }

  /**
   * Writes an index, which replaces the one that is there once it is complete.
   *
   * @param vectors of one dimension, which the caller closes
   * @throws InputException if there are none, or two documents have the same id
   * @throws IllegalArgumentException if dimensions differ, or a coordinate is not finite
   */
  public static void write(Path folder, Stream<DocumentEmbeddings> vectors, Hnsw hnsw) {
    var blocks = vectors.iterator();
    if (!blocks.hasNext()) {
      throw new InputException(folder + ": there are no documents to index");
    }
    var first = blocks.next();
    int dimension = first.embeddings().dimension();
    var config = new IndexWriterConfig().setCodec(new Codec(hnsw));
    config.setMaxBufferedDocs((int) Math.max(2, SEGMENT_BYTES / Float.BYTES / dimension));
    config.setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH);
    SortedIndex.write(
        folder, KIND, config, Map.of(DIMENSION, Integer.toString(dimension)), documents -> {
          for (var block = first; block != null; block = blocks.hasNext() ? blocks.next() : null) {
            check(block, dimension);
            for (int row = 0; row < block.ids().size(); row++) {
              documents.add(
                  block.ids().get(row),
                  new KnnFloatVectorField(
                      VECTOR,
                      block.embeddings().row(row),
                      VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT));
            }
          }
        });
  }

  private static void check(DocumentEmbeddings block, int dimension) {
    if (block.embeddings().dimension() != dimension) {
      throw new IllegalArgumentException("vectors of dimension %d after some of %d"
          .formatted(block.embeddings().dimension(), dimension));
    }
    block.embeddings().firstNotFinite().ifPresent(row -> {
      throw new IllegalArgumentException("the vector of document '"
          + block.ids().get(row) + "' holds a number that is not finite");
    });
  }

  /**
   * Opens an index.
   *
   * @param ef candidates that are kept while a query looks for documents ({@link Hnsw#ef})
   * @throws InputException if the folder holds none
   */
  public static HnswIndex open(Path folder, int ef) {
    return new HnswIndex(SortedIndex.open(folder, KIND), ef);
  }

  /** Returns the number of documents. */
  public int size() {
    return index.size();
  }

  /**
   * Returns the row of a document, its place among those that were written, from 0.
   *
   * @throws IllegalArgumentException if it is not there
   */
  public long row(String id) {
    return index.row(id);
  }

  /** Returns the dimension of the vectors. */
  public int dimension() {
    return dimension;
  }

  /**
   * Returns the documents that were found, best first, at most k, with their exact inner products.
   *
   * @throws IllegalArgumentException if the query has another dimension, or a coordinate is not finite
   */
  public List<ScoredDocument> search(float[] query, int k) {
    if (query.length != dimension) {
      throw new IllegalArgumentException(
          "a query of dimension %d for documents of %d".formatted(query.length, dimension));
    }
    int candidates = Math.min(Math.max(ef, k), index.size());
    try {
      var hits = searcher.search(new KnnFloatVectorQuery(VECTOR, query, candidates), candidates);
      return exactly(query, Arrays.stream(hits.scoreDocs).mapToInt(hit -> hit.doc), index.ids(), k);
    } catch (IOException e) {
      throw FileException.reading(index.folder(), e);
    }
  }

  /**
   * Returns the best documents by comparing the query with every vector as it is held, quantised or not; what Lucene does without a graph.
   * Slower than {@link org.tdro.search.ExactSearch}, which compares several queries at once.
   */
  public List<ScoredDocument> searchExhaustively(float[] query, int k) {
    try {
      var ids = index.ids();
      var scorer = index.segment().getFloatVectorValues(VECTOR).scorer(query);
      var documents = scorer.iterator();
      // The worst is first, and of equal ones the later.
      var best = new PriorityQueue<ScoreDoc>(
          Comparator.<ScoreDoc>comparingDouble(hit -> hit.score).thenComparing(hit -> -hit.doc));
      while (documents.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        float score = scorer.score();
        if (best.size() < k) {
          best.add(new ScoreDoc(documents.docID(), score));
        } else if (score > best.peek().score) {
          best.poll();
          best.add(new ScoreDoc(documents.docID(), score));
        }
      }
      return exactly(query, best.stream().mapToInt(hit -> hit.doc), ids, k);
    } catch (IOException e) {
      throw FileException.reading(index.folder(), e);
    }
  }

  /** Returns documents with exact scores. */
  private List<ScoredDocument> exactly(
      float[] query, IntStream documents, SortedDocValues ids, int k) throws IOException {
    var vectors = index.segment().getFloatVectorValues(VECTOR);
    var found = new ArrayList<ScoredDocument>();
    // In the order in which they lie in the file.
    for (int document : documents.sorted().toArray()) {
      vectors.advance(document);
      found.add(new ScoredDocument(
          index.id(ids, document), (float) innerProduct(query, vectors.vectorValue())));
    }
    return found.stream().sorted(ScoredDocument.RANKING).limit(k).toList();
  }

  /** Returns the size of the files that every query reads: the graph, and the vectors as it is searched with. */
  public long searchedBytes() {
    long quantized = index.bytes("veq");
    return index.bytes("vex") + (quantized > 0 ? quantized : index.bytes("vec"));
  }

  private static double innerProduct(float[] left, float[] right) {
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum;
  }

  /**
   * Returns the documents that were found for several queries, at most k of each; uses all processors.
   *
   * @param queryIds one for each row of {@code queries}
   */
  public Run search(List<String> queryIds, Embeddings queries, int k) {
    return all(queryIds, queries, query -> search(query, k));
  }

  /** Returns the documents that {@link #searchExhaustively(float[], int)} finds for several queries; uses all processors. */
  public Run searchExhaustively(List<String> queryIds, Embeddings queries, int k) {
    return all(queryIds, queries, query -> searchExhaustively(query, k));
  }

  private static Run all(
      List<String> queryIds, Embeddings queries, Function<float[], List<ScoredDocument>> search) {
    if (queryIds.size() != queries.rows()) {
      throw new IllegalArgumentException(
          queryIds.size() + " ids for " + queries.rows() + " queries");
    }
    var rankings = new LinkedHashMap<String, List<ScoredDocument>>();
    OrderedParallel.forEach(
        IntStream.range(0, queries.rows()).iterator(),
        Runtime.getRuntime().availableProcessors(),
        row -> Map.entry(queryIds.get(row), search.apply(queries.row(row))),
        ranking -> rankings.put(ranking.getKey(), ranking.getValue()));
    return Run.of(rankings);
  }

  @Override
  public void close() {
    index.close();
  }

  /** Lucene's codec, with graphs as they are asked for. */
  private static final class Codec extends Lucene912Codec {
    private final KnnVectorsFormat format;

    Codec(Hnsw hnsw) {
      this.format = new AnyDimension(of(hnsw));
    }

    private static KnnVectorsFormat of(Hnsw hnsw) {
      int threads = 1;
      return switch (hnsw.quantization()) {
        case NONE -> new Lucene99HnswVectorsFormat(hnsw.m(), hnsw.efConstruction(), threads, null);
        case INT8 -> quantized(hnsw, 7, false);
        case INT4 -> quantized(hnsw, 4, true);
      };
    }

    private static KnnVectorsFormat quantized(Hnsw hnsw, int bits, boolean compress) {
      Float usualQuantiles = null;
      return new Lucene99HnswScalarQuantizedVectorsFormat(
          hnsw.m(), hnsw.efConstruction(), 1, bits, compress, usualQuantiles, null);
    }

    @Override
    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
      return format;
    }
  }

  /** A format of Lucene without its limit of 1024 dimensions, which is one of writing alone: by its name, readers find the original. */
  private static final class AnyDimension extends KnnVectorsFormat {
    private final KnnVectorsFormat format;

    AnyDimension(KnnVectorsFormat format) {
      super(format.getName());
      this.format = format;
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
      return format.fieldsWriter(state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
      return format.fieldsReader(state);
    }

    @Override
    public int getMaxDimensions(String field) {
      return MOST_DIMENSIONS;
    }
  }
}
