package org.tdro.tools.training;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.Callable;
import org.tdro.experiments.sweep.SweptCommand;
import org.tdro.tools.options.ConfigArguments;
import org.tdro.tools.options.Inspection;
import org.tdro.tools.options.ProgressOptions;
import org.tdro.training.StageTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code tdro train}, which trains one stage. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Train one stage: reference, dro or finetune.",
      "After an interruption, run it again with the same arguments to continue."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro train stage=reference data=FOLDER output=runs/reference",
      "  tdro train stage=dro data=FOLDER dro.reference=runs/reference output=runs/dro",
      "  tdro train stage=dro dro=doremi dro.online-every=10 data=FOLDER dro.reference=runs/reference output=runs/online",
      "  tdro train stage=finetune data=FOLDER data.weights=runs/dro/weights/top70_weights.json output=runs/top70",
      "  tdro train stage=reference data=FOLDER model=mini train.steps=500 train.batch-size=32",
      "  tdro train -m stage=reference data=FOLDER train.learning-rate=1e-3,5e-3 output=runs/rates --dry-run"
    })
public final class TrainCommand implements Callable<Integer> {
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
          SweptCommand.TRAIN, arguments.shownAs(progress), spec.commandLine().getOut());
    }
    var resolved = arguments.shownAs(progress).composeForRun();
    var registry = new SimpleMeterRegistry();
    var outcome = new StageTraining(resolved, System.err, registry).run();
    var output = resolved.config().output();
    var out = spec.commandLine().getOut();
    return switch (outcome) {
      case TRAINED -> {
        out.println("trained; the run is in " + output);
        yield 0;
      }
      case UNCHANGED -> {
        out.println(output + " is complete already; nothing to do");
        yield 0;
      }
      case INTERRUPTED -> 1;
    };
  }
}
