package org.tdro.experiments.quickstart;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A line of a training file in the format of Tevatron and tDRO. */
@JsonPropertyOrder({"query_id", "query", "positive_passages", "negative_passages"})
record TrainingLine(
    @JsonProperty("query_id") String queryId,
    @JsonProperty("query") String query,
    @JsonProperty("positive_passages") List<Text> positives,
    @JsonProperty("negative_passages") List<Text> negatives) {

  /** A passage of a training line; the key {@code title} is absent if there is none. */
  @JsonPropertyOrder({"docid", "title", "text"})
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Text(
      @JsonProperty("docid") String docid,
      @JsonProperty("title") String title,
      @JsonProperty("text") String text) {
    static Text of(Pool.Passage passage) {
      return new Text(passage.id(), passage.entry().title(), passage.entry().text());
    }
  }

  /** Returns one line for every question to a training passage, in shuffled order. */
  static List<TrainingLine> of(QuickstartDomain domain, Pool pool) {
    var lines = new ArrayList<TrainingLine>();
    var training = pool.training();
    for (var passage : training) {
      for (var query : passage.entry().queries()) {
        var id = domain.id() + "-q" + lines.size();
        var negatives = pool.negatives(passage, domain.negatives(), new Dice(id));
        lines.add(line(id, query, passage, negatives));
      }
    }
    lines.sort(Comparator.comparingLong(line -> Dice.hash(line.queryId())));
    return lines;
  }

  private static TrainingLine line(
      String id, String query, Pool.Passage positive, List<Pool.Passage> negatives) {
    return new TrainingLine(
        id, query, List.of(Text.of(positive)), negatives.stream().map(Text::of).toList());
  }
}
