package org.tdro.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.print.PrintOptions;
import org.tdro.evaluation.Measure;
import org.tdro.evaluation.ModelEvaluation;
import org.tdro.evaluation.significance.ComparedSystem;
import org.tdro.evaluation.significance.Comparison;
import org.tdro.evaluation.significance.PairedDifferences.Samples;
import org.tdro.experiments.ledger.MadeRuns;
import org.tdro.mixing.audit.AuditReport;
import org.tdro.mixing.audit.DomainAudit;
import org.tdro.mixing.audit.PositiveRanks;
import org.tdro.mixing.audit.RowExample;
import org.tdro.rows.duplicates.RepeatedRows;

/** The report in a browser: it is used as readers do, and checked by axe-core. Skipped where there is no Chromium. */
class ReportBrowserTest {
  /** Names that would break a page that did not escape them. */
  private static final String HOSTILE = "</script><img src=x onerror=alert(1)>";

  private static final List<String> DOMAINS = List.of("news", "movies", HOSTILE);

  private static final double[] STEP_SIZES = {0.01, 0.05, 0.2};

  @TempDir
  private static Path folder;

  private static ChromeDriver browser;
  private static Path page;

  @BeforeAll
  static void writeAndOpen() {
    page = folder.resolve("report.html");
    var runs = new MadeRuns(folder.resolve("runs"));
    for (int job = 0; job < 6; job++) {
      var dro = runs.complete(
          job + "/dro",
          "stage=dro",
          "seed=" + job % 2,
          "dro.step-size=" + STEP_SIZES[job / 2],
          "data.train=data",
          "dro.reference=runs/reference");
      MadeRuns.write(dro.log(), log(30));
      MadeRuns.write(dro.trajectory(), trajectory(30));
      var finetune = runs.complete(
          job + "/finetune-curr",
          "stage=finetune",
          "seed=" + job % 2,
          "data.train=data",
          "data.weights=runs/" + job + "/dro/weights/curr_weights.json",
          "dro.step-size=" + STEP_SIZES[job / 2],
          "train.learning-rate=" + STEP_SIZES[job / 2] / 10);
      MadeRuns.write(finetune.log(), log(30));
      MadeRuns.evaluate(finetune, 0.5 + 0.05 * job);
    }
    audit().write(folder.resolve("runs/audit"));
    Report.of(List.of(folder.resolve("runs")))
        .titled("Report on " + HOSTILE)
        .comparing(comparison())
        .noting(List.of("a note with <b>"))
        .write(page);
    browser = open();
  }

  /** Of which the first domain has ranks like guesses, and the others are right. */
  private static AuditReport audit() {
    return new AuditReport(
        "key",
        DOMAINS.stream()
            .map(domain -> {
              var unseen = ranks(1.5, domain.equals("news") ? 64 : 1);
              return DomainAudit.of(
                  domain,
                  ranks(3, 64),
                  unseen,
                  ranks(0.5, 1),
                  new RepeatedRows(1000, 10, new TreeMap<>(Map.of("other", 7L))),
                  List.of(
                      new RowExample("q1", "what is " + HOSTILE, "a passage", 64, 64, "another")),
                  List.of());
            })
            .toList());
  }

  private static DomainAudit.Ranks ranks(double loss, int worst) {
    var ranks = new PositiveRanks(IntStream.range(0, 640)
        .mapToObj(i -> new PositiveRanks.Ranked(i, loss, i % worst + 1, 64, 0))
        .toList());
    return new DomainAudit.Ranks(ranks, new PositiveRanks(List.of()));
  }

  private static String log(int steps) {
    var text = new StringBuilder("step,loss,learning_rate,gradient_norm,rows,step_seconds\n");
    for (int step = 1; step <= steps; step++) {
      text.append(
          String.format(Locale.ROOT, "%d,%.4f,0.001,%.3f,64,0.05%n", step, 2.0 / step, 3.0 / step));
    }
    return text.toString();
  }

  private static String trajectory(int steps) {
    var text = new StringBuilder("step");
    DOMAINS.forEach(domain -> List.of("weight", "loss", "reference_loss", "rows")
        .forEach(value -> text.append(',').append(value).append('/').append(domain)));
    text.append('\n');
    for (int step = 1; step <= steps; step++) {
      text.append(step);
      for (int domain = 0; domain < DOMAINS.size(); domain++) {
        text.append(String.format(
            Locale.ROOT,
            ",%.4f,%.4f,%.4f,%d",
            0.2 + 0.1 * domain,
            1.0 / step,
            0.5 / step,
            4 + domain));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static Comparison comparison() {
    return Comparison.of(
        List.of(system("uniform", 0.5), system(HOSTILE, 0.7)),
        OptionalInt.of(0),
        new Comparison.Options(
            Measure.parse(List.of()),
            List.of(),
            Comparison.Test.STUDENT,
            0.05,
            new Samples(100, 1)));
  }

  private static ComparedSystem system(String name, double mean) {
    var queries = new LinkedHashMap<String, Double>();
    for (int i = 0; i < 20; i++) {
      queries.put("q" + i, mean + 0.01 * (i % 5 - 2));
    }
    var values = new ModelEvaluation(
        Map.of("adi", Map.of("ndcg_cut_10", mean)),
        Map.of(),
        Map.of("adi", Map.of("ndcg_cut_10", queries)));
    return new ComparedSystem(
        name, List.of(new ComparedSystem.Run(name, Optional.of(1L), values)), List.of());
  }

  private static ChromeDriver open() {
    var chromium = executable("chromium", "google-chrome", "chrome");
    var driver = executable("chromedriver");
    assumeTrue(
        chromium.isPresent() && driver.isPresent(),
        "no Chromium with ChromeDriver on the path: the report is not opened in a browser");
    var logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    var options = new ChromeOptions()
        .setBinary(chromium.orElseThrow())
        .addArguments(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,1000",
            "--user-data-dir=" + folder.resolve("profile"));
    options.setCapability("goog:loggingPrefs", logs);
    var service = new ChromeDriverService.Builder()
        .usingDriverExecutable(driver.orElseThrow())
        .usingAnyFreePort()
        .build();
    var opened = new ChromeDriver(service, options);
    opened.manage().timeouts().scriptTimeout(Duration.ofMinutes(2));
    return opened;
  }

  private static Optional<File> executable(String... names) {
    for (var name : names) {
      for (var place : System.getenv("PATH").split(File.pathSeparator, -1)) {
        var file = Path.of(place, name).toFile();
        if (file.canExecute()) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.quit();
    }
  }

  @BeforeEach
  void load() {
    colours("light");
    // Those of the browser's own first page.
    browser.manage().logs().get(LogType.PERFORMANCE);
    browser.get(page.toUri().toString());
  }

  private static void colours(String scheme) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  private static WebElement find(String css) {
    return browser.findElement(By.cssSelector(css));
  }

  private static List<WebElement> all(String css) {
    return browser.findElements(By.cssSelector(css));
  }

  private static long count(String css) {
    return all(css).size();
  }

  /** Opens all parts, of the trainings those of the first. */
  private static void openEverything() {
    // Parts make their content, further parts among it, when they open.
    for (int depth = 0; depth < 3; depth++) {
      browser.executeAsyncScript(
          "const done = arguments[0]; document.querySelectorAll('details:not(#training > details ~ details)').forEach(d => d.open = true); setTimeout(done, 200);");
    }
  }

  @Test
  void nothingFailsAndNothingIsLoaded() {
    openEverything();
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
    var requested = new ArrayList<String>();
    for (var entry : browser.manage().logs().get(LogType.PERFORMANCE)) {
      if (entry.getMessage().contains("Network.requestWillBeSent\"")) {
        requested.add(
            entry.getMessage().replaceAll("(?s).*\"request\":\\{.*?\"url\":\"([^\"]*)\".*", "$1"));
      }
    }
    assertThat(requested).isNotEmpty().allMatch(url -> url.equals(page.toUri().toString()));
    assertThat(count("img")).isZero();
    assertThat(find("h1").getText()).isEqualTo("Report on " + HOSTILE);
    assertThat(browser.getTitle()).isEqualTo("Report on " + HOSTILE);
  }

  @Test
  void aTrainingHasItsCurves() {
    var titles = all("#training details[open] figcaption").stream()
        .map(caption ->
            caption.getText().replaceFirst(" (every step|loss|proxy solid|of every).*", ""))
        .toList();
    assertThat(titles)
        .contains("Weight α", "Loss: proxy and reference", "Learning rate", "Gradient norm")
        .contains("Rows per second");
    assertThat(find("#training .chart").getAttribute("aria-label"))
        .contains("Last values: " + HOSTILE + " 0.4, movies 0.3, news 0.2.");
    assertThat(find("#training table").getText())
        .contains("movies 150 0.3333", "share of the rows");
  }

  @Test
  void theAuditShowsTheMostSuspiciousDomainsFirst() {
    assertThat(find("#audit p:nth-of-type(2)").getText())
        .isEqualTo("1 of 3 domains suspected: news.");
    assertThat(find("#audit tbody tr").getText())
        .isEqualTo("news 0.93 looks like noise 3 1.5 0.5 4.16 100 ± 7 % – 1000 10 7: other");
    assertThat(find("#audit .chart").getAttribute("aria-label"))
        .contains("news: start 3, unseen 1.5, seen 0.5, chance 4.16;");
  }

  @Test
  void aDomainIsHiddenByMouseAndKeyboard() {
    long before = lines();
    var button = find("#training [data-domain=movies]");
    button.click();
    assertThat(button.getAttribute("aria-pressed")).isEqualTo("false");
    assertThat(lines()).isEqualTo(before - 1);
    button.sendKeys(Keys.SPACE);
    assertThat(button.getAttribute("aria-pressed")).isEqualTo("true");
    assertThat(lines()).isEqualTo(before);
  }

  /** Returns how many lines the first chart of a training has. */
  private static long lines() {
    return (Long)
        browser.executeScript(
            "return [...document.querySelector('#training .chart').querySelectorAll('path')].filter(p => p.getAttribute('fill') === 'none' && p.getAttribute('stroke-width') === '1.6').length");
  }

  @Test
  void theTableSortsAndFilters() {
    find("#by-seed").click();
    assertThat(count("#runs-table tbody tr")).isEqualTo(12);
    find("#runs-table [data-column='eval.ndcg_cut_10']").click();
    assertThat(first()).isEqualTo(folder + "/runs/0/finetune-curr");
    find("#runs-table [data-column='eval.ndcg_cut_10']").sendKeys(Keys.ENTER);
    assertThat(first()).isEqualTo(folder + "/runs/5/finetune-curr");
    assertThat(count("#runs-table th[aria-sort=descending]")).isEqualTo(1);
    find("#filter").sendKeys("finetune eval.ndcg_cut_10>=0.7");
    assertThat(count("#runs-table tbody tr")).isEqualTo(2);
    assertThat(find("#runs [role=status]").getText()).isEqualTo("2 of 12 runs");
  }

  private static String first() {
    return find("#runs-table tbody th").getText();
  }

  @Test
  void seedsAreOneRowAndTheSweepIsDrawn() {
    assertThat(count("#runs-table tbody tr")).isEqualTo(6);
    find("#by-seed").click();
    assertThat(count("#sweep svg")).isEqualTo(2);
    assertThat(find("#sweep .chart").getAttribute("aria-label"))
        .contains("train.learning-rate", "eval.ndcg_cut_10");
  }

  @Test
  void significantDifferencesAreMarkedInWords() {
    var cells = all("[data-measure=ndcg_cut_10] tbody tr:first-child td");
    assertThat(cells.get(1).getText()).startsWith("0.7000 ▲");
    assertThat(cells.get(1).getAttribute("textContent"))
        .contains("significantly better than uniform");
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void contrastAndLabelsAreRight(String scheme) throws IOException {
    colours(scheme);
    openEverything();
    String axe;
    try (var script = getClass().getResourceAsStream("/axe.min.js")) {
      axe = new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
    browser.executeScript(axe);
    // Further rows of a table are like the first ones; to measure the contrast of thousands takes
    // half a minute.
    var violations = browser.executeAsyncScript(
        "const done = arguments[0]; axe.run({exclude: [['tbody tr:nth-child(n+9)']]}).then(found => done(found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.failureSummary + ' ' + n.html.slice(0, 200)).join(' | '))));");
    assertThat((List<?>) violations).isEmpty();
  }

  @Test
  void itIsPrintedInDarkInk() {
    colours("dark");
    browser.executeScript("window.dispatchEvent(new Event('beforeprint'))");
    assertThat(find("#training .chart svg").getAttribute("outerHTML")).contains("#1f5fa8");
    assertThat(browser.print(new PrintOptions()).getContent().length()).isGreaterThan(10_000);
  }

  @Test
  void theFileIsWhole() throws IOException {
    assertThat(Files.readString(page)).doesNotContain("{{").doesNotContain("src=\"http");
  }
}
