package org.tdro.tools.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.tdro.experiments.ledger.Fact;
import org.tdro.experiments.ledger.Ledger;
import org.tdro.experiments.ledger.RunTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro runs show}, which prints all that is known of a run. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Show all that is known of a run, under the names that --where takes.",
    footerHeading = "%nExamples:%n",
    footer = {"  tdro runs show runs/first/dro", "  tdro runs show runs/first/dro --json"})
final class RunsShowCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "The folder of a run.")
  private Path run;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    var found = Ledger.run(run);
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(RunTable.whole(List.of(found)).toJson());
    } else {
      for (var kind : Fact.Kind.values()) {
        found
            .facts(kind)
            .filter(RunTable::isShown)
            .forEach(fact -> out.println(fact.name() + " = " + fact.value()));
        out.println();
      }
    }
    out.flush();
    return 0;
  }
}
