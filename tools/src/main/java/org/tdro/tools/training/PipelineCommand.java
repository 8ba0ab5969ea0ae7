package org.tdro.tools.training;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.Callable;
import org.tdro.experiments.sweep.JobLauncher;
import org.tdro.experiments.sweep.SweptCommand;
import org.tdro.experiments.sweep.SweptWeights;
import org.tdro.tools.options.ConfigArguments;
import org.tdro.tools.options.Inspection;
import org.tdro.tools.options.ProgressOptions;
import org.tdro.training.Pipeline;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code tdro pipeline}, which runs all stages and evaluates the results. */
@Command(
    name = "pipeline",
    mixinStandardHelpOptions = true,
    description = {
      "Train the reference, learn domain weights, fine-tune with each weighting and evaluate.",
      "Complete stages are skipped: after an interruption, run it again to continue."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro pipeline data=FOLDER 'eval.data=[EVALUATION]' output=runs/first",
      "  tdro pipeline data=FOLDER 'eval.data=[EVALUATION]' dro.cross-fit=true output=runs/cross-fit",
      "  tdro pipeline data=FOLDER 'eval.data=[EVALUATION]' 'pipeline.weightings=[uniform,mean,top50]'",
      "  tdro pipeline data=FOLDER 'eval.data=[EVALUATION]' stages.dro.train.steps=500",
      "  tdro pipeline -m data=FOLDER 'eval.data=[EVALUATION]' dro.step-size=0.01,0.02 'seed=range(1,6)' output=runs/eta sweep.jobs=2"
    })
public final class PipelineCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private ConfigArguments arguments;

  @Mixin
  private Inspection inspection;

  @Mixin
  private ProgressOptions progress;

  @Mixin
  private MultirunOptions multirun;

  @Override
  public Integer call() {
    if (inspection.print(arguments, spec.commandLine().getOut())) {
      return 0;
    }
    if (multirun.isOn()) {
      return multirun.run(
          SweptCommand.PIPELINE, arguments.shownAs(progress), spec.commandLine().getOut());
    }
    var pipeline = new Pipeline(
        arguments.composer(),
        arguments.shownAs(progress).overrides(),
        System.err,
        new SimpleMeterRegistry(),
        new SweptWeights(
            arguments.composer(),
            arguments.options(),
            JobLauncher.of(spec.root().userObject().getClass()),
            System.err));
    var report = pipeline.run();
    if (report.isEmpty()) {
      return 1;
    }
    var out = spec.commandLine().getOut();
    out.println(report.get().toMarkdown());
    report.get().runs().forEach((weighting, run) -> out.println(weighting + ": " + run));
    out.flush();
    return 0;
  }
}
