package org.tdro.experiments.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tdro.io.Json;

/** The HTML of a report: the template {@code report.html}, into which styles, scripts and data are put. */
final class ReportPage {
  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z.]+)}}");

  private ReportPage() {}

  static String of(String title, Object data) {
    return PLACE
        .matcher(resource("report.html"))
        .replaceAll(place -> Matcher.quoteReplacement(
            switch (place.group(1)) {
              case "title" -> escaped(title);
              case "data" -> script(Json.line(data));
              default -> resource(place.group(1));
            }));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Returns JSON that ends no script element, whatever its texts are. */
  private static String script(String json) {
    return json.replace("<", "\\u003c");
  }

  private static String resource(String name) {
    try (var stream = ReportPage.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + name, e);
    }
  }
}
