package org.tdro.retriever;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.tdro.data.ContrastiveBatch;
import org.tdro.data.TokenMatrix;
import org.tdro.retriever.contrastive.ContrastiveDataset;

/** Batches as {@code golden/infonce} and {@code golden/tdro_e2e} write them: {@code input_ids}, {@code attention_mask}. */
public final class GoldenBatches {
  private static final JsonMapper JSON = new JsonMapper();

  private GoldenBatches() {}

  /** The batches of {@code rounds} in turn, each with {@code query}, {@code passage} and perhaps {@code domain_ids}. */
  public static ContrastiveDataset dataset(JsonNode... rounds) {
    return new ContrastiveDataset(
        index -> batch(rounds[(int) (index % rounds.length)]), Set.of(), 1, 1);
  }

  private static ContrastiveBatch batch(JsonNode golden) {
    var queries = matrix(golden.get("query"));
    var passages = matrix(golden.get("passage"));
    var domains = golden.has("domain_ids")
        ? JSON.convertValue(golden.get("domain_ids"), int[].class)
        : new int[queries.rows()];
    return new ContrastiveBatch(
        queries, passages, domains, passages.rows() / queries.rows(), Optional.empty());
  }

  private static TokenMatrix matrix(JsonNode tokens) {
    var ids = JSON.convertValue(tokens.get("input_ids"), int[][].class);
    var mask = JSON.convertValue(tokens.get("attention_mask"), int[][].class);
    var lengths = Arrays.stream(mask).mapToInt(row -> Arrays.stream(row).sum()).toArray();
    return new TokenMatrix(
        ids.length,
        ids[0].length,
        Arrays.stream(ids).flatMapToInt(Arrays::stream).toArray(),
        lengths);
  }
}
