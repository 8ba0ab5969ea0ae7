package org.tdro.tools.retrieval;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.tdro.evaluation.EvaluationResult;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.Qrels;
import org.tdro.io.Json;
import org.tdro.search.Run;
import org.tdro.tools.options.Usage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tdro metrics}, which prints trec_eval's measures of a run file as JSON. */
@Command(
    name = "metrics",
    mixinStandardHelpOptions = true,
    description =
        "Evaluate a TREC run file: trec_eval's measures, with the names and values of its version 9.0.8, as JSON. The short options are trec_eval's.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "2:unknown measure or bad usage", "3:a file is missing or malformed"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro metrics --qrels qrels/test.tsv --run bm25.run",
      "  tdro metrics --qrels qrels.txt --run bm25.run.gz --measures ndcg_cut_10,recall_100 --per-query",
      "  tdro metrics --qrels qrels.txt --run bm25.run -m ndcg_cut.5,10 -c -l 2",
      "  tdro metrics --qrels qrels.txt --run bm25.run -m official",
      "  tdro metrics --qrels qrels.txt --run bm25.run -m 'bpref,P(rel=2)@5,RBP(p=0.9)'"
    })
public final class MetricsCommand implements Callable<Integer> {
  private static final String DEFAULT_MEASURES =
      "ndcg_cut_10,map,recip_rank,recip_rank_at_10,recall_100,P_10,num_q,num_ret,num_rel,num_rel_ret";

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--qrels",
      required = true,
      paramLabel = "FILE",
      description =
          "Judgements: TREC (query 0 document relevance), BEIR (.tsv with its header) or MTEB (JSON lines, Parquet).")
  private Path qrels;

  @Option(
      names = "--run",
      required = true,
      paramLabel = "FILE",
      description =
          "The run: query Q0 document rank score tag; plain or .gz. Documents are ranked by score in single"
              + " precision, equal scores by id in descending order of bytes.")
  private Path run;

  @Option(
      names = {"-m", "--measures"},
      paramLabel = "NAMES",
      defaultValue = DEFAULT_MEASURES,
      description =
          "Measures, separated by commas or given repeatedly: ndcg, ndcg_cut_K, ndcg_exp_cut_K, map, map_cut_K, gm_map, recip_rank,"
              + " recip_rank_at_K, recall_K, P_K, success_K, Rprec, bpref, iprec_at_recall_X, set_P, set_recall, set_map, set_F, rbp, err_K, judged_K, num_q,"
              + " num_ret, num_rel, num_rel_ret; official for those that trec_eval prints without -m, all_trec for all of its that are here; also ndcg_cut.5,10, or ndcg_cut for the usual cutoffs, and other programs' names, such as nDCG@10, MRR,"
              + " P(rel=2)@5 or RBP(p=0.9). Default: ${DEFAULT-VALUE}")
  private List<String> measures;

  @Option(
      names = {"-q", "--per-query"},
      description = "Print the values of each query, too.")
  private boolean perQuery;

  @Option(
      names = {"-c", "--complete"},
      description = "Average over all judged queries; those without results count 0.")
  private boolean complete;

  @Option(
      names = {"-l", "--relevance-level"},
      paramLabel = "N",
      defaultValue = "1",
      description =
          "The least relevance of a relevant document, except for ndcg. Default: ${DEFAULT-VALUE}")
  private int relevanceLevel;

  @Override
  public Integer call() {
    var asked = Usage.checked(spec, () -> Measure.parse(measures));
    var options = Usage.checked(spec, () -> new EvaluationResult.Options(complete, relevanceLevel));
    var result = EvaluationResult.of(Qrels.read(qrels), Run.read(run), asked, options);
    var json = new LinkedHashMap<String, Object>();
    json.put("all", named(result.all()));
    if (perQuery) {
      var queries = new LinkedHashMap<String, Object>();
      result.queries().forEach((query, values) -> queries.put(query, named(values)));
      json.put("queries", queries);
    }
    spec.commandLine().getOut().println(Json.pretty(json));
    return 0;
  }

  private static Map<String, Number> named(Map<Measure, Double> values) {
    var named = new LinkedHashMap<String, Number>();
    values.forEach((measure, value) ->
        named.put(measure.name(), measure.family().isCount() ? (Number) value.longValue() : value));
    return named;
  }
}
