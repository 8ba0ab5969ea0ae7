package org.tdro.mixing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tdro.io.AppendedLines;
import org.tdro.io.InputException;

/**
 * The weights and losses of every step of a run, as CSV: {@code step}, then for each domain d the columns {@code weight/d},
 * {@code measure/d}, {@code loss/d}, {@code reference_loss/d}. A value that is not a number, such as the loss of a domain
 * without rows, is an empty cell. Each line is flushed, so that a killed run loses none.
 */
public final class WeightTrajectory implements AutoCloseable {
  private final Path file;
  private final int domains;
  private final Writer writer;

  /**
   * The values of one step.
   *
   * @param step number of the update, from 1
   * @param points one for each domain
   */
  public record Line(long step, List<Point> points) {
    public Line {
      points = List.copyOf(points);
    }

    private String text() {
      return step + points.stream().map(Point::text).collect(Collectors.joining()) + "\n";
    }
  }

  /** The values of a domain at one step: α, M, and the means of ℓ and r. */
  public record Point(float weight, float measure, float loss, float referenceLoss) {
    private static final List<String> COLUMNS =
        List.of("weight", "measure", "loss", "reference_loss");

    private String text() {
      return cell(weight) + cell(measure) + cell(loss) + cell(referenceLoss);
    }

    private static String cell(float value) {
      return Float.isNaN(value) ? "," : "," + value;
    }
  }

  private WeightTrajectory(Path file, int domains, Writer writer) {
    this.file = file;
    this.domains = domains;
    this.writer = writer;
  }

  /**
   * Opens the trajectory of a run that has done {@code stepsDone} steps: the file is created, or cut back to those steps.
   *
   * @throws InputException if the file is of other domains
   */
  public static WeightTrajectory open(Path file, List<String> domains, long stepsDone) {
    var header = header(domains);
    try {
      var kept = Files.exists(file) ? linesUntil(file, header, stepsDone) : List.of(header);
      AppendedLines.replace(file, kept);
      return new WeightTrajectory(
          file, domains.size(), Files.newBufferedWriter(file, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Adds a line. */
  public void append(Line line) {
    if (line.points().size() != domains) {
      throw new IllegalArgumentException("the trajectory has " + domains
          + " domains, but the line has " + line.points().size());
    }
    try {
      writer.write(line.text());
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static String header(List<String> domains) {
    Function<String, String> columns = domain -> Point.COLUMNS.stream()
        .map(column -> "," + quoted(column + "/" + domain))
        .collect(Collectors.joining());
    return "step" + domains.stream().map(columns).collect(Collectors.joining());
  }

  private static String quoted(String cell) {
    return cell.matches("[^,\"\r\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  /** Returns the header and the lines of the steps done. */
  private static List<String> linesUntil(Path file, String header, long stepsDone)
      throws IOException {
    var lines = AppendedLines.read(file);
    if (lines.isEmpty() || !lines.get(0).equals(header)) {
      throw new InputException(
          file + ":1: is not a trajectory of these domains; expected the header " + header);
    }
    var kept = new ArrayList<>(List.of(header));
    for (int number = 2; number <= lines.size(); number++) {
      var line = lines.get(number - 1);
      var step = line.split(",", 2)[0];
      if (!step.matches("\\d{1,18}")) {
        throw new InputException(file + ":" + number + ": does not begin with a step");
      }
      if (Long.parseLong(step) <= stepsDone) {
        kept.add(line);
      }
    }
    return kept;
  }
}
