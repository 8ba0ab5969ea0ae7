package org.tdro.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.data.shards.TokenizedDocuments;
import org.tdro.evaluation.EvaluationResult;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.io.StepLog;
import org.tdro.keras.LogKey;
import org.tdro.keras.Model;
import org.tdro.keras.StepEvaluation;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.TokenEncoding;
import org.tdro.runs.RunFolder;
import org.tdro.search.Embeddings;
import org.tdro.search.ExactSearch;
import org.tdro.search.Query;
import org.tdro.search.Run;
import org.tdro.text.TextKind;
import org.tdro.text.Tokenizer;
import org.tdro.training.config.DataConfig;
import org.tdro.training.config.RunConfig;

/**
 * The quality of a model on development queries while it trains. Each evaluation encodes them and a sample of documents with the weights
 * as they are in the training's own session, and ranks them exactly.
 */
public final class DevelopmentEvaluation implements StepEvaluation {
  private static final Logger LOG = LoggerFactory.getLogger(DevelopmentEvaluation.class);

  /** The beginning of the names of all logs of development queries. */
  public static final String PREFIX = "dev/";

  private final int every;
  private final Measure measure;
  private final RetrievalEvaluation evaluation;
  private final List<Tokens> sets;

  /** The texts of a set as token ids. */
  @SuppressWarnings("ArrayRecordComponent") // to compute with, never compared
  private record Tokens(
      EvaluationSet set, int[][] queries, List<String> documents, int[][] passages) {}

  private final int queryLength;
  private final int passageLength;

  /** An evaluation of a sample of {@code sets} with the texts prepared as those of training are. */
  DevelopmentEvaluation(RunConfig config, List<EvaluationSet> sets, Tokenizer tokenizer) {
    var options = config.eval().development();
    every = options.every();
    measure = config.eval().measure();
    evaluation = new RetrievalEvaluation(config.eval().topK(), List.of(measure));
    queryLength = config.data().queryLength();
    passageLength = config.data().passageLength();
    var prompts = config.prompts(sets);
    this.sets = sets.stream()
        .map(set -> tokens(
            set.sample(options.queries(), options.documents()),
            prompts.task(set.name()),
            config.data(),
            tokenizer))
        .toList();
    for (int i = 0; i < sets.size(); i++) {
      LOG.info(
          "development: {} of {} queries of {} among {} documents, every {} steps",
          this.sets.get(i).queries().length,
          sets.get(i).queries().size(),
          sets.get(i).name(),
          this.sets.get(i).passages().length,
          every);
    }
  }

  private static Tokens tokens(
      EvaluationSet sample, String task, DataConfig data, Tokenizer tokenizer) {
    var prompts = data.everyPrompt();
    var queryPrompt = prompts.of(TextKind.QUERY, task);
    var documents = TokenizedDocuments.in(
        EvaluationSets.cache(data),
        sample.content().documents(),
        new TokenizedDocuments.Form(
            tokenizer, prompts.of(TextKind.PASSAGE, task), data.passageLength()),
        sample.corpus()::documents);
    return new Tokens(
        sample,
        sample.queries().stream()
            .map(query -> tokenizer.encode(queryPrompt.apply(query.text()), data.queryLength()))
            .toArray(int[][]::new),
        documents.ids(0, documents.size()),
        documents.tokens(0, documents.size()));
  }

  /** Returns the key of the mean of a measure over the development sets. */
  public static LogKey<Double> mean(Measure measure) {
    return LogKey.scalar(PREFIX + measure.name());
  }

  /** Returns the key of a measure on one development set. */
  public static LogKey<Double> of(String set, Measure measure) {
    return LogKey.scalar(PREFIX + set + "/" + measure.name());
  }

  @Override
  public List<LogKey<Double>> keys() {
    var keys = new ArrayList<LogKey<Double>>();
    keys.add(mean(measure));
    sets.forEach(tokens -> keys.add(of(tokens.set().name(), measure)));
    return keys;
  }

  @Override
  public int everySteps() {
    return every;
  }

  /** Returns NaN for a set whose embeddings are not finite. */
  @Override
  public Map<LogKey<Double>, Double> evaluate(Model model) {
    var values = new LinkedHashMap<LogKey<Double>, Double>();
    values.put(mean(measure), Double.NaN);
    double sum = 0;
    for (var tokens : sets) {
      double value = evaluate((EncoderModel) model, tokens);
      values.put(of(tokens.set().name(), measure), value);
      sum += value;
    }
    values.put(mean(measure), sum / sets.size());
    return values;
  }

  private double evaluate(EncoderModel model, Tokens tokens) {
    return result(model, tokens).map(result -> result.value(measure)).orElse(Double.NaN);
  }

  /**
   * Returns the values of the queries of each set under a model, in an order that is always the same.
   *
   * @return {@code [set][query]}; 0 for all queries of a set whose embeddings are not finite
   */
  double[][] queries(EncoderModel model) {
    return sets.stream()
        .map(tokens -> result(model, tokens)
            .map(result -> result.queries().values().stream()
                .mapToDouble(values -> values.get(measure))
                .toArray())
            .orElseGet(() -> new double[tokens.queries().length]))
        .toArray(double[][]::new);
  }

  /** Returns the last values of each set in the log of a run. */
  static Map<String, Double> last(RunFolder run, Measure measure) {
    var values = new TreeMap<String, Double>();
    var end = "/" + measure.name();
    StepLog.last(run.log()).forEach((column, value) -> {
      int length = column.length() - PREFIX.length() - end.length();
      if (length > 0 && column.startsWith(PREFIX) && column.endsWith(end)) {
        values.put(
            column.substring(PREFIX.length(), PREFIX.length() + length), Double.valueOf(value));
      }
    });
    return values;
  }

  /** Returns the results on a set; empty if embeddings are not finite. */
  private Optional<EvaluationResult> result(EncoderModel model, Tokens tokens) {
    var queries =
        TokenEncoding.DEFAULT.encode(model, TextKind.QUERY, tokens.queries(), 0, queryLength);
    var passages =
        TokenEncoding.DEFAULT.encode(model, TextKind.PASSAGE, tokens.passages(), 0, passageLength);
    if (queries.firstNotFinite().isPresent() || passages.firstNotFinite().isPresent()) {
      return Optional.empty();
    }
    var run = evaluation.rank(
        (texts, corpus, topK) -> rank(tokens, queries, passages, topK), tokens.set());
    return Optional.of(EvaluationResult.of(
        tokens.set().judgements().of(run, tokens.set().corpus()), run, List.of(measure)));
  }

  private static Run rank(Tokens tokens, Embeddings queries, Embeddings passages, int topK) {
    var search = new ExactSearch(queries, topK);
    search.add(tokens.documents(), passages);
    return search.run(tokens.set().queries().stream().map(Query::id).toList());
  }
}
