package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.config.ConfigComposer;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.testing.Checkout;
import org.tdro.testing.Shared;
import org.tdro.text.TextKind;
import org.tdro.training.config.RunConfig;

/** A run that starts from a published retriever and hardly moves embeds texts as that retriever does. */
class PublishedRetrieverTrainingTest {
  private static final List<String> TEXTS = List.of("the capital of land 7", "paint 3 dries");

  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "32-train-from-published/mean",
        "32-train-from-published/cls",
        "05-prompts/m",
        "05-prompts/dflt",
        "27-similarity/m"
      })
  void itKeepsPoolingPromptsLengthsAndNormalisation(String name) {
    var published = Shared.path("field/" + name);
    var run = folder.resolve("run");
    var resolved = new ConfigComposer<>(RunConfig.SCHEMA, List.of(Checkout.path("configs")))
        .composeForRun(List.of(
            "stage=reference",
            "model=checkpoint",
            "model.path=" + published,
            "data=" + Shared.path("field/32-train-from-published/d"),
            "data.cache=" + folder.resolve("cache"),
            "train.batch-size=4",
            "train.steps=2",
            "train.learning-rate=1e-12",
            "train.weight-decay=0",
            "output=" + run));
    new StageTraining(
            resolved,
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
            new SimpleMeterRegistry())
        .run();
    for (var kind : TextKind.values()) {
      assertThat(embeddings(run, kind))
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(embeddings(published, kind));
    }
    var trained = StoredRetrievers.of(run).settings();
    var settings = StoredRetrievers.of(published).settings();
    assertThat(trained.similarity()).isEqualTo(settings.similarity());
    assertThat(trained.queryLength()).isEqualTo(settings.queryLength());
    assertThat(trained.prompts()).isEqualTo(settings.prompts());
  }

  private static float[] embeddings(Path model, TextKind kind) {
    try (var retriever = StoredRetrievers.load(model)) {
      return retriever.encode(kind, "", TEXTS).values();
    }
  }
}
