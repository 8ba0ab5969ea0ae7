package org.tdro.evaluation.sets;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.io.CounterRandom;
import org.tdro.io.Json;
import org.tdro.io.TextLines;
import org.tdro.rows.HashNumbers;
import org.tdro.rows.Passage;
import org.tdro.rows.TrainingRow;
import org.tdro.rows.duplicates.NormalText;
import org.tdro.rows.selection.HeldOut;

/**
 * An evaluation set in BEIR's form (see {@link Layout#BEIR}) of held-out rows: their queries, and all passages of the domain as documents.
 * Texts that are equal after normalisation become one, with the id that came first. A passage without an id gets one, and so does one
 * whose id another one has.
 */
public final class BeirWriter implements HeldOut {
  private final BufferedWriter corpus;
  private final BufferedWriter queries;
  private final BufferedWriter judgements;
  private final Ids documentIds = new Ids("d");
  private final Ids queryIds = new Ids("q");
  /** Pairs of a query and a document whose judgements are written. */
  private final HashNumbers judged = new HashNumbers();

  private BeirWriter(BufferedWriter corpus, BufferedWriter queries, BufferedWriter judgements) {
    this.corpus = corpus;
    this.queries = queries;
    this.judgements = judgements;
  }

  /** Opens a set in the folder {@code sets/domain}, compressed as the domain's file is; see {@link HeldOut.Form}. */
  public static HeldOut open(Path sets, String domain, Path source) throws IOException {
    var folder = sets.resolve(domain);
    var judgements = folder.resolve("qrels").resolve(EvaluationSet.TEST + ".tsv");
    Files.createDirectories(judgements.getParent());
    var suffix = source.toString().toLowerCase(Locale.ROOT).endsWith(".gz") ? ".gz" : "";
    var corpus = writer(folder.resolve(BeirLayout.CORPUS + suffix));
    var queries = writer(folder.resolve(BeirLayout.QUERIES + suffix));
    var set = new BeirWriter(corpus, queries, writer(judgements));
    set.judgements.write("query-id\tcorpus-id\tscore\n");
    return set;
  }

  private static BufferedWriter writer(Path file) throws IOException {
    return TextLines.writer(file, file);
  }

  @Override
  public void add(TrainingRow row, boolean heldOut) throws IOException {
    for (var passage : row.positives()) {
      var document = document(passage);
      if (heldOut) {
        judge(query(row), document);
      }
    }
    for (var passage : row.negatives()) {
      document(passage);
    }
  }

  private String document(Passage passage) throws IOException {
    var found = documentIds.of(passage.content(), passage.id());
    if (found.isNew()) {
      line(
          corpus,
          Json.object()
              .put("_id", found.id())
              .put("title", passage.title())
              .put("text", passage.text()));
    }
    return found.id();
  }

  private String query(TrainingRow row) throws IOException {
    var found = queryIds.of(row.query(), row.queryId());
    if (found.isNew()) {
      line(queries, Json.object().put("_id", found.id()).put("text", row.query()));
    }
    return found.id();
  }

  private void judge(String query, String document) throws IOException {
    if (judged.isNew(CounterRandom.bits(Ids.hash(query), Ids.hash(document)))) {
      judgements.write(query + "\t" + document + "\t1\n");
    }
  }

  private static void line(BufferedWriter file, ObjectNode object) throws IOException {
    file.write(Json.line(object));
    file.write('\n');
  }

  @Override
  public void close() throws IOException {
    try (corpus;
        queries) {
      judgements.close();
    }
  }

  /** The ids of different texts, each id used once. */
  private static final class Ids {
    private static final Pattern SEPARATORS = Pattern.compile("\\s");

    private final String prefix;
    private final HashNumbers texts = new HashNumbers();
    private final List<String> ids = new ArrayList<>();
    private final HashNumbers used = new HashNumbers();

    record Found(String id, boolean isNew) {}

    Ids(String prefix) {
      this.prefix = prefix;
    }

    Found of(String text, String wanted) {
      long hash = NormalText.of(text).hash();
      int known = texts.find(hash);
      if (known >= 0) {
        return new Found(ids.get(known), false);
      }
      texts.add(hash);
      var id = SEPARATORS.matcher(wanted).replaceAll("_");
      if (id.isEmpty() || !used.isNew(hash(id))) {
        id = (id.isEmpty() ? prefix : id + "-") + HexFormat.of().toHexDigits(hash);
        used.add(hash(id));
      }
      ids.add(id);
      return new Found(id, true);
    }

    static long hash(String id) {
      return CounterRandom.mix(CounterRandom.fnv1a(id.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
