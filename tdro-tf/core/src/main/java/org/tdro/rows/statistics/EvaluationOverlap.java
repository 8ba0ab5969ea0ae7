package org.tdro.rows.statistics;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tdro.io.CounterRandom;
import org.tdro.rows.HashNumbers;
import org.tdro.rows.TrainingRow;
import org.tdro.rows.duplicates.KnownText;
import org.tdro.rows.duplicates.NormalText;

/**
 * What the rows of a domain share with an evaluation set. Texts are compared after {@linkplain NormalText normalisation}. Equal ids alone
 * mean little where ids are numbers.
 *
 * @param queries rows whose query is a query of the set
 * @param queryIds rows whose query id is one of the set
 * @param positives rows with a positive that is a relevant document of the set
 * @param documentIds rows with a positive whose id is that of a relevant document
 */
public record EvaluationOverlap(
    String domain, String set, long queries, long queryIds, long positives, long documentIds) {

  /** The queries and relevant documents of sets, as hashes of texts and ids. */
  public static final class Sets {
    private final SortedMap<String, KnownSet> sets = new TreeMap<>();

    /** Begins without sets. */
    public Sets() {}

    private record KnownSet(
        HashNumbers queries, HashNumbers queryIds, HashNumbers documents, HashNumbers documentIds) {
      KnownSet() {
        this(new HashNumbers(), new HashNumbers(), new HashNumbers(), new HashNumbers());
      }
    }

    /** Adds a query. */
    public void addQuery(KnownText query) {
      var set = set(query);
      set.queries().add(NormalText.of(query.text()).hash());
      set.queryIds().add(hash(query.id()));
    }

    /** Adds a relevant document. */
    public void addDocument(KnownText document) {
      var set = set(document);
      set.documents().add(NormalText.of(document.text()).hash());
      set.documentIds().add(hash(document.id()));
    }

    private KnownSet set(KnownText text) {
      return sets.computeIfAbsent(text.set(), name -> new KnownSet());
    }

    private static long hash(String id) {
      return CounterRandom.mix(CounterRandom.fnv1a(id.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** The overlaps of a domain's rows so far. */
  static final class Tally {
    private static final int FIELDS = 4;

    private final Sets sets;
    private final SortedMap<String, long[]> counts = new TreeMap<>();

    Tally(Sets sets) {
      this.sets = sets;
    }

    /**
     * Adds a row.
     *
     * @param query hash of its normalised text
     * @param positives those of its positives
     */
    void add(TrainingRow row, long query, long[] positives) {
      long queryId = Sets.hash(row.queryId());
      sets.sets.forEach((name, set) -> {
        boolean[] shared = {
          set.queries().contains(query),
          set.queryIds().contains(queryId),
          anyIn(set.documents(), positives),
          row.positives().stream()
              .anyMatch(passage ->
                  !passage.id().isEmpty() && set.documentIds().contains(Sets.hash(passage.id())))
        };
        for (int i = 0; i < FIELDS; i++) {
          if (shared[i]) {
            counts.computeIfAbsent(name, absent -> new long[FIELDS])[i]++;
          }
        }
      });
    }

    private static boolean anyIn(HashNumbers known, long[] hashes) {
      for (long hash : hashes) {
        if (known.contains(hash)) {
          return true;
        }
      }
      return false;
    }

    /** Returns the sets with which the rows share anything. */
    List<EvaluationOverlap> overlaps(String domain) {
      var overlaps = new ArrayList<EvaluationOverlap>();
      counts.forEach((set, of) ->
          overlaps.add(new EvaluationOverlap(domain, set, of[0], of[1], of[2], of[3])));
      return overlaps;
    }
  }
}
