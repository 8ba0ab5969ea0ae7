package org.tdro.experiments.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.InputException;
import org.tdro.io.Json;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;
import org.tdro.rows.Passage;

/** The texts of a file, as {@code tdro encode} reads them. */
public final class BenchmarkTexts {
  private BenchmarkTexts() {}

  /**
   * Reads the first texts of a file of JSON objects with {@code text} and perhaps {@code title}.
   *
   * @param most how many to read; a file may have fewer
   * @throws InputException if one has no text, or there are none
   */
  public static List<String> read(Path file, int most) {
    var texts = new ArrayList<String>();
    var problems = new Problems();
    try (var reader = TextLines.open(file)) {
      var line = reader.next();
      for (; line != null && texts.size() < most && !problems.isFull(); line = reader.next()) {
        read(line, texts, problems);
      }
    } catch (InputException e) {
      problems.fill(e.problems());
    }
    problems.throwIfAny();
    if (texts.isEmpty()) {
      throw new InputException(file + " holds no texts");
    }
    return texts;
  }

  private static void read(TextLines.Line line, List<String> texts, Problems problems) {
    try {
      var row = line.object();
      var title = row.path("title");
      if (!row.path("text").isTextual()) {
        problems.fill(List.of(line.place() + ": has no text that is a string"));
      } else if (!title.isTextual() && !title.isMissingNode() && !title.isNull()) {
        problems.fill(List.of(
            "%s: title is %s, expected a string".formatted(line.place(), Json.describe(title))));
      } else {
        texts.add(new Passage("", title.asText(""), row.path("text").asText()).content());
      }
    } catch (InputException e) {
      problems.fill(e.problems());
    }
  }
}
