package org.tdro.tools;

import java.util.List;
import java.util.Locale;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.ResultsTable;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.export.ExportedRetriever;
import org.tdro.export.SavedModelExport;
import org.tdro.retriever.DenseRanker;
import org.tdro.retriever.Retriever;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.TextEncoder;
import org.tensorflow.proto.ConfigProto;

/** The comparison of an export with the model that it was made from, on evaluation sets. */
record ExportEvaluation(
    RetrieverSource stored, RetrieverSettings settings, SavedModelExport.Report report) {
  private static final String MEASURE = "ndcg_cut_10";
  private static final int TOP = 10;

  /** Returns a table with a row for each set: nDCG@10 of the trained model and of the export, and the difference. */
  String table(List<EvaluationSet> sets) {
    ModelEvaluation trained;
    // One after the other: memory never holds both.
    try (var retriever =
        Retriever.load(stored, settings.comparedByProduct(), ConfigProto.getDefaultInstance())) {
      trained = evaluate(retriever, sets);
    }
    ModelEvaluation exported;
    try (var retriever = ExportedRetriever.load(report.folder())) {
      exported = evaluate(retriever, sets);
    }
    var rows = sets.stream()
        .map(set -> {
          double before = trained.value(set.name(), MEASURE);
          double after = exported.value(set.name(), MEASURE);
          return new ResultsTable.Row(set.name(), List.of(before, after, after - before));
        })
        .toList();
    var columns =
        List.of("trained", report.precision().name().toLowerCase(Locale.ROOT), "difference");
    return new ResultsTable("nDCG@10", columns, rows).toMarkdown(false);
  }

  private static ModelEvaluation evaluate(TextEncoder retriever, List<EvaluationSet> sets) {
    return new RetrievalEvaluation(TOP, List.of(Measure.of(MEASURE)))
        .evaluate(set -> new DenseRanker(retriever, set.name()), sets, (set, run, result) -> {});
  }
}
