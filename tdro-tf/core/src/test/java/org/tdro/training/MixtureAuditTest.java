package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ConfigException;
import org.tdro.config.ResolvedConfig;
import org.tdro.mixing.WeightsFile;
import org.tdro.mixing.WeightsFile.DomainWeight;
import org.tdro.mixing.audit.AuditReport;
import org.tdro.mixing.audit.DomainAudit;
import org.tdro.testing.Checkout;
import org.tdro.training.config.RunConfig;

class MixtureAuditTest {
  private static final ConfigComposer<RunConfig> COMPOSER =
      new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")));

  @TempDir
  private static Path folder;

  @BeforeAll
  static void trains() throws IOException {
    SmallCollection.write(folder);
    // The answers of capitals, each to the question of another.
    var lines = Files.readAllLines(folder.resolve("train/capitals.jsonl"));
    var shuffled = new ArrayList<String>();
    for (int i = 0; i < lines.size(); i++) {
      shuffled.add(
          lines.get(i).replace("land " + i + "\"", "land " + (i + 41) % lines.size() + "\""));
    }
    Files.write(folder.resolve("train/shuffled.jsonl"), shuffled);
    MixtureAudit.runs(COMPOSER, arguments()).forEach(MixtureAuditTest::train);
  }

  private static List<String> arguments(String... further) {
    var arguments = new ArrayList<>(List.of(
        "data=" + folder.resolve("train"),
        "data.vocabulary=400",
        "data.cache=" + folder.resolve("cache"),
        "model.hidden=16",
        "train.batch-size=8",
        "train.steps=30",
        "train.progress=none",
        "train.learning-rate=1e-2",
        "output=" + folder.resolve("audit")));
    arguments.addAll(List.of(further));
    return arguments;
  }

  private static void train(ResolvedConfig<RunConfig> run) {
    assertThat(new StageTraining(run, nowhere(), new SimpleMeterRegistry()).run())
        .isEqualTo(StageTraining.Outcome.TRAINED);
  }

  private static PrintStream nowhere() {
    return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
  }

  private static MixtureAudit audit(String first, String second) {
    return new MixtureAudit(folder.resolve(first), folder.resolve(second), nowhere());
  }

  @Test
  void shuffledAnswersAreSuspectedAndLeftOut() {
    var report = audit("audit/first", "audit/second").write(folder.resolve("audit"));
    assertThat(report.suspects()).containsExactly("shuffled");
    var ofCapitals = report.domains().stream()
        .filter(domain -> domain.domain().equals("capitals"))
        .findFirst()
        .orElseThrow();
    assertThat(ofCapitals.compared()).isEqualTo(90);
    assertThat(ofCapitals.losses().unseen()).isLessThan(ofCapitals.losses().start());
    assertThat(ofCapitals.losses().seen()).isLessThan(ofCapitals.losses().chance());
    assertThat(ofCapitals.repeated().overlaps()).containsEntry("shuffled", 90L);
    var worst = report.domains().get(0).worst();
    assertThat(worst).hasSize(3).allSatisfy(row -> {
      assertThat(row.query()).contains("land ");
      assertThat(row.rank()).isGreaterThan(row.candidates() / 2.0);
    });
    assertThat(WeightsFile.read(folder.resolve("audit/audited_weights.json")).domains())
        .extracting(DomainWeight::name)
        .containsExactly("capitals", "colours", "sums");
  }

  /** The order of the runs does not matter, nor does the folder. */
  @Test
  void theSameRunsGiveTheSameValues() {
    var one = audit("audit/first", "audit/second").write(folder.resolve("one"));
    var other = audit("audit/second", "audit/first").write(folder.resolve("other"));
    assertThat(other.domains()).isEqualTo(one.domains());
  }

  @Test
  void anAuditThatIsThereIsNotDoneAgain() throws IOException {
    var kept = folder.resolve("kept");
    audit("audit/first", "audit/second").rows(16).write(kept);
    Files.delete(kept.resolve("audit.md"));
    audit("audit/first", "audit/second").rows(16).write(kept);
    assertThat(kept.resolve("audit.md")).doesNotExist();
    assertThat(audit("audit/first", "audit/second").rows(16).wouldReplace(kept)).isFalse();
    assertThat(audit("audit/first", "audit/second").rows(20).wouldReplace(kept)).isTrue();
    var other = audit("audit/first", "audit/second").rows(20).write(kept);
    assertThat(kept.resolve("audit.md")).exists();
    assertThat(AuditReport.read(kept)).contains(other);
    assertThat(other.domains()).extracting(DomainAudit::compared).contains(40);
  }

  @Test
  void aCrossFittedReferenceAndItsProxyAreAnotherPair() {
    train(COMPOSER.composeForRun(arguments(
        "stage=dro",
        "dro.reference=" + folder.resolve("audit/first"),
        "dro.cross-fit=true",
        "data.passages-per-query=3",
        "output=" + folder.resolve("dro"))));
    assertThat(audit("audit/first", "dro").write(folder.resolve("crossed")).suspects())
        .containsExactly("shuffled");
  }

  @Test
  void runsOnTheSameHalfAreRefused() {
    assertThatThrownBy(() -> audit("audit/first", "audit/first"))
        .isInstanceOf(ConfigException.class)
        .hasMessageMatching(
            "an audit needs a run trained with data.fold=first .*audit/first has seen the first half and .*audit/first the first half");
  }

  @Test
  void aFolderWithoutARunIsRefused() {
    assertThatThrownBy(() -> audit("audit/first", "train"))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("train holds no complete run with its model; an audit takes two");
  }
}
