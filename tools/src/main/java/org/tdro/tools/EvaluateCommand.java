package org.tdro.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.tdro.evaluation.BeirDataset;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.ResultsTable;
import org.tdro.evaluation.RetrievalEvaluation;
import org.tdro.io.Json;
import org.tdro.retriever.Retriever;
import org.tdro.search.Run;
import org.tdro.training.ListedSets;
import org.tensorflow.proto.ConfigProto;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tdro evaluate}: a trained retriever on evaluation sets. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description =
        "Ranks the documents of evaluation sets with a trained retriever and measures the rankings.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro evaluate --model runs/first/finetune-top70 --data EVALUATION",
      "  tdro evaluate --model RUN --data EVALUATION/scifact --run-file scifact.trec --top-k 1000",
      "  tdro evaluate --model RUN --data SET1 SET2 --measures ndcg_cut_10,recip_rank_at_10 --json"
    })
final class EvaluateCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private ModelOption model;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      arity = "1..*",
      description = "Sets in BEIR's form, or folders of them.")
  private List<Path> data = new ArrayList<>();

  @Option(
      names = "--run-file",
      paramLabel = "F",
      description =
          "Write the rankings as a TREC run file; with several sets a folder that gets SET.trec of each.")
  private Path runFile;

  @Option(
      names = "--measures",
      split = ",",
      paramLabel = "MEASURE",
      defaultValue = "ndcg_cut_10,recall_100",
      description = "trec_eval's names; ${DEFAULT-VALUE} unless given.")
  private List<String> measures = new ArrayList<>();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "100",
      description = "Documents ranked for each query; ${DEFAULT-VALUE} unless given.")
  private int topK;

  @Mixin
  private EmbeddingSize size;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    var parsed = measures();
    var sets = ListedSets.of(data);
    sets.forEach(BeirDataset::check);
    var stored = model.stored();
    var settings = size.cut(stored.settings());
    try (var retriever = Retriever.load(stored, settings, ConfigProto.getDefaultInstance())) {
      var values = ModelEvaluation.of(
          retriever,
          sets,
          parsed,
          RetrievalEvaluation.topK(topK),
          (set, run, result) -> write(set, run, sets.size() > 1));
      print(values, parsed);
    }
    return 0;
  }

  private List<Measure> measures() {
    try {
      return Measure.parse(measures);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void write(BeirDataset set, Run run, boolean several) {
    if (runFile == null) {
      return;
    }
    run.write(several ? runFile.resolve(set.name() + ".trec") : runFile, "tdro");
  }

  private void print(ModelEvaluation values, List<Measure> measures) {
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(
          Json.pretty(values.sets()));
    } else {
      var names = measures.stream().map(Measure::name).toList();
      var rows = values.sets().keySet().stream()
          .map(set -> new ResultsTable.Row(
              set, names.stream().map(name -> values.value(set, name)).toList()))
          .toList();
      out.print(new ResultsTable("set", names, rows).toMarkdown(false));
    }
    out.flush();
  }
}
