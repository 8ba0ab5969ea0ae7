package org.tdro.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.config.ConfigException;
import org.tdro.io.Json;
import org.tdro.keras.Callback;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.testing.EventFiles;
import org.tdro.testing.Checkout;
import org.tdro.training.StageTraining.Outcome;
import org.tensorflow.proto.Event;

/** A run of stage dro whose page for Prometheus is read after step 10, and whose event files are read at the end. */
class WatchedRunTest {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern METRIC = Pattern.compile("\\b(?:tdro|jvm)_[a-z0-9_]+");

  @TempDir
  static Path folder;

  private static List<Event> events;
  private static String page;

  @BeforeAll
  static void train() throws IOException {
    SmallCollection.write(folder);
    assertThat(stage("reference").run()).isEqualTo(Outcome.TRAINED);
    int port = freePort();
    var dro = stage(
        "dro",
        "stage=dro",
        "dro.reference=" + folder.resolve("reference"),
        "train.tensorboard=true",
        "train.log-every=2",
        "telemetry.prometheus.port=" + port,
        "eval.data=[" + folder.resolve("eval") + "]",
        "eval.dev-share=0.5",
        "eval.dev-every=5");
    dro.with(new Callback() {
      @Override
      public void onTrainBatchEnd(Model model, long step, Logs logs) {
        if (step == 10) {
          page = scrape(port);
        }
      }
    });
    assertThat(dro.run()).isEqualTo(Outcome.TRAINED);
    events = EventFiles.read(folder.resolve("dro/tensorboard"));
  }

  private static StageTraining stage(String output, String... settings) {
    var all = new ArrayList<>(List.of("train.steps=12", "output=" + folder.resolve(output)));
    all.addAll(List.of(settings));
    return new StageTraining(
        SmallCollection.config(folder, all.toArray(String[]::new)),
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
        new SimpleMeterRegistry());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String scrape(int port) {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
        .build();
    try {
      return HttpClient.newHttpClient()
          .send(request, HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the values of the page by metric and labels. */
  private static Map<String, Double> samples() {
    var samples = new LinkedHashMap<String, Double>();
    for (var line : page.lines().filter(line -> !line.startsWith("#")).toList()) {
      var sample = SAMPLE.matcher(line);
      assertThat(sample.matches()).as(line).isTrue();
      var labels = sample.group(2) == null ? "" : "{" + sample.group(2) + "}";
      samples.put(sample.group(1) + labels, Double.valueOf(sample.group(3)));
    }
    return samples;
  }

  /** Returns a column of a CSV log by step. */
  private static Map<Long, Float> column(String file, String name) throws IOException {
    var lines = Files.readAllLines(folder.resolve("dro").resolve(file));
    int column = List.of(lines.get(0).split(",", -1)).indexOf(name);
    assertThat(column).as(name).isPositive();
    var values = new TreeMap<Long, Float>();
    for (var line : lines.subList(1, lines.size())) {
      var cells = line.split(",", -1);
      if (!cells[column].isEmpty()) {
        values.put(Long.valueOf(cells[0]), Float.valueOf(cells[column]));
      }
    }
    return values;
  }

  @Test
  void thePageHasTheMetersOfStepTen() throws IOException {
    var samples = samples();
    assertThat(samples)
        .containsEntry("tdro_steps_done{run=\"dro\"}", 10.0)
        .containsEntry("tdro_steps_planned{run=\"dro\"}", 12.0)
        .containsEntry("tdro_rows_total{run=\"dro\"}", 80.0)
        .containsKeys(
            "tdro_batches_waiting{run=\"dro\"}",
            "tdro_step_seconds_count{phase=\"forward-backward\",run=\"dro\"}",
            "tdro_gradient_norm{run=\"dro\"}",
            "tdro_domain_reference_loss{domain=\"sums\",run=\"dro\"}",
            "tdro_evaluation{log=\"dev/ndcg_cut_10\",run=\"dro\"}");
    assertThat(samples.get("tdro_tokens_total{run=\"dro\"}")).isGreaterThan(80.0);
    assertThat(samples.get("tdro_process_memory_bytes")).isGreaterThan(1e8);
    assertThat(samples.get("tdro_loss{run=\"dro\"}").floatValue())
        .isEqualTo(column("log.csv", "loss").get(10L));
    assertThat(samples.get("tdro_domain_weight{domain=\"sums\",run=\"dro\"}").floatValue())
        .isEqualTo(column("trajectory.csv", "weight/sums").get(10L));
  }

  /** Three domains share the 8 rows of a step. */
  @Test
  void aDomainWithoutRowsHasNoLossAnywhereButTheLastOnThePage() throws IOException {
    var absent = 0;
    for (var domain : List.of("capitals", "colours", "sums")) {
      for (var value : List.of("loss", "reference_loss")) {
        var losses = column("trajectory.csv", value + "/" + domain);
        var rows = column("trajectory.csv", "rows/" + domain);
        rows.values().removeIf(count -> count == 0);
        assertThat(losses.keySet()).isEqualTo(rows.keySet());
        absent += 12 - losses.size();
        var known = new TreeMap<>(losses).floorEntry(10L);
        assertThat(samples()
                .get("tdro_domain_%s{domain=\"%s\",run=\"dro\"}".formatted(value, domain))
                .floatValue())
            .isEqualTo(known.getValue());
        for (var line : Files.readAllLines(folder.resolve("dro/metrics.jsonl"))) {
          var logged = Json.object(line, "metrics.jsonl");
          var loss = logged.path("domain_" + value).path(domain);
          var expected = losses.get(logged.path("step").longValue());
          assertThat(loss.isNull()).isEqualTo(expected == null);
          assertThat(expected == null ? null : loss.floatValue()).isEqualTo(expected);
        }
      }
    }
    assertThat(absent).isPositive();
  }

  @Test
  void theDashboardNamesOnlyMetricsOfThePage() throws IOException {
    var file = Checkout.path("docs/grafana-dashboard.json");
    var dashboard = Json.object(Files.readString(file), file.toString());
    assertThat(dashboard.path("schemaVersion").isInt()).isTrue();
    var named = new TreeSet<String>();
    dashboard
        .path("panels")
        .forEach(panel -> panel
            .path("targets")
            .forEach(target -> METRIC
                .matcher(target.path("expr").textValue())
                .results()
                .forEach(match -> named.add(match.group()))));
    assertThat(named).hasSizeGreaterThan(10);
    var present = new TreeSet<String>();
    samples().keySet().forEach(sample -> present.add(sample.replaceFirst("\\{.*", "")));
    assertThat(present).containsAll(named);
  }

  @Test
  void aTakenPortIsRefusedBeforeTheFirstStep() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var stage = stage("refused", "telemetry.prometheus.port=" + taken.getLocalPort());
      assertThatThrownBy(stage::run)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("command line: telemetry.prometheus.port=" + taken.getLocalPort())
          .hasMessageContaining("choose another telemetry.prometheus.port, or 0 for none");
    }
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void theEventFilesHoldWhatTheCsvFilesHold() throws IOException {
    var scalars = EventFiles.scalars(events);
    var loss = column("log.csv", "loss");
    loss.keySet().retainAll(List.of(2L, 4L, 5L, 6L, 8L, 10L, 12L));
    assertThat(scalars.get("train/loss")).isEqualTo(loss);
    var norm = column("log.csv", "gradient_norm");
    norm.keySet().retainAll(loss.keySet());
    assertThat(scalars.get("train/gradient_norm")).isEqualTo(norm);
    assertThat(scalars.get("dev/ndcg_cut_10")).isEqualTo(column("log.csv", "dev/ndcg_cut_10"));
    for (var tag : Map.of(
            "α.val", "weight",
            "logα.grad_ori", "measure",
            "lm_loss_per_group", "loss",
            "ref_loss_per_group", "reference_loss")
        .entrySet()) {
      var values = column("trajectory.csv", tag.getValue() + "/capitals");
      assertThat(values).isNotEmpty();
      values.keySet().retainAll(loss.keySet());
      assertThat(scalars.get(tag.getKey() + "/capitals")).isEqualTo(values);
    }
  }

  @Test
  void theHyperparametersAndTheConfigurationAreThere() {
    var tags = events.stream()
        .flatMap(event -> event.getSummary().getValueList().stream())
        .map(value -> value.getTag())
        .toList();
    assertThat(tags)
        .contains(
            "config/text_summary",
            "_hparams_/session_start_info",
            "_hparams_/session_end_info",
            "α.val");
  }
}
