package org.tdro.tools;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.Callable;
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
      "  tdro pipeline data=FOLDER 'eval.data=[EVALUATION]' stages.dro.train.steps=500"
    })
final class PipelineCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Mixin
  private ConfigArguments arguments;

  @Mixin
  private ProgressOptions progress;

  @Override
  public Integer call() {
    var pipeline = new Pipeline(
        arguments.composer(),
        arguments.shownAs(progress).overrides(),
        System.err,
        new SimpleMeterRegistry());
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
