package org.tdro.evaluation.sets;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
 * whose id another one has. A document with the id of a query is left out of its ranking as the query itself
 * ({@link EvaluationSet.OwnDocument}), so a query gets another id where that is the id of another text. The held-out queries are in memory
 * until all documents are known.
 */
public final class BeirWriter implements HeldOut {
  /** Is put before the id of a query that is also that of another text. */
  public static final String QUERY_PREFIX = "q-";

  private final BufferedWriter corpus;
  private final BufferedWriter queries;
  private final BufferedWriter judgements;
  private final Ids documentIds = new Ids("d");
  private final Ids queryIds = new Ids("q");

  private record Query(String id, String text) {}

  private record Judgement(String query, String document) {}

  private final List<Query> heldOut = new ArrayList<>();
  /** Different pairs. */
  private final Set<Judgement> judged = new LinkedHashSet<>();

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
        judged.add(new Judgement(query(row), document));
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

  private String query(TrainingRow row) {
    var found = queryIds.of(row.query(), row.queryId());
    if (found.isNew()) {
      heldOut.add(new Query(found.id(), row.query()));
    }
    return found.id();
  }

  @Override
  public long complete() throws IOException {
    var renamed = new HashMap<String, String>();
    for (var query : heldOut) {
      var id = query.id();
      while (documentIds.isOfAnother(id, query.text())) {
        id = queryIds.unused(QUERY_PREFIX + id);
      }
      if (!id.equals(query.id())) {
        renamed.put(query.id(), id);
      }
      line(queries, Json.object().put("_id", id).put("text", query.text()));
    }
    for (var pair : judged) {
      judgements.write(
          renamed.getOrDefault(pair.query(), pair.query()) + "\t" + pair.document() + "\t1\n");
    }
    return renamed.size();
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

    /** Returns whether an id is that of a text which differs from {@code text}. */
    boolean isOfAnother(String id, String text) {
      if (used.find(hash(id)) < 0) {
        return false;
      }
      int known = texts.find(NormalText.of(text).hash());
      return known < 0 || !ids.get(known).equals(id);
    }

    /** Returns an id, with {@value #QUERY_PREFIX} before it until it is not used, which it is from now on. */
    String unused(String id) {
      var free = id;
      while (!used.isNew(hash(free))) {
        free = QUERY_PREFIX + free;
      }
      return free;
    }

    private static long hash(String id) {
      return CounterRandom.mix(CounterRandom.fnv1a(id.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
