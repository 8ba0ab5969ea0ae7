package org.tdro.mixing.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.tdro.io.Printable;

/**
 * A row of a domain for people to look at.
 *
 * @param queryId the id of its query
 * @param query the query as the models read it, cut if it is long
 * @param positive the positive that was ranked, likewise
 * @param rank the positive's rank; 1 is the best
 * @param candidates the number of passages that it was ranked among
 * @param rival the best of the others, likewise; absent in audits of earlier versions
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RowExample(
    String queryId,
    String query,
    String positive,
    double rank,
    int candidates,
    @JsonSetter(nulls = Nulls.SET) String rival) {
  private static final int LENGTH = 200;

  private static final Pattern WHITE_SPACE = Pattern.compile("[\\s\\p{Z}]+");

  public RowExample {
    queryId = cut(queryId);
    query = cut(query);
    positive = cut(positive);
    rival = rival == null ? null : cut(rival);
  }

  /** Returns the row in lines: the query, the positive and, where the model prefers it, the best of the others. */
  public List<String> lines() {
    var query = String.format(
        Locale.ROOT, "%s, rank %.0f of %d: %s", queryId, rank, candidates, this.query);
    return rank > 1 && rival != null
        ? List.of(query, "→ " + positive, "× " + rival)
        : List.of(query, "→ " + positive);
  }

  /** Returns the beginning of a text in one line, without characters that would steer a terminal. */
  private static String cut(String text) {
    var line = Printable.of(WHITE_SPACE.matcher(text).replaceAll(" ").strip());
    return line.codePointCount(0, line.length()) <= LENGTH
        ? line
        : line.substring(0, line.offsetByCodePoints(0, LENGTH - 1)) + "…";
  }
}
