package org.tdro.rows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;
import org.tdro.rows.records.LineIndex;

/**
 * Rows of a collection whose judgements name queries and documents by id: a row for each query, in the order in which they are first
 * judged. Documents with a grade above 0 are positives, the others, known not to be relevant, negatives.
 */
final class JudgedRows extends ChunkedRows {
  /** BEIR's judgements have three fields, {@code query document grade}; TREC's and MS MARCO's have four, the second without meaning. */
  private static final int BEIR_FIELDS = 3;

  private static final int TREC_FIELDS = 4;
  /** Names of columns, the last of which is no grade. */
  private static final Pattern HEADER = Pattern.compile("(?i)(query|qid).*[a-z]\\s*");

  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final Documents queries;
  private final Documents documents;
  private final LineIndex judgements;
  private final TextLines lines;

  private JudgedRows(
      Documents queries, Documents documents, LineIndex judgements, TextLines lines) {
    this.queries = queries;
    this.documents = documents;
    this.judgements = judgements;
    this.lines = lines;
  }

  /** Opens the rows of a file of judgements; closes queries and documents with them, or if that fails. */
  static RowSource open(Path judgements, Documents queries, Documents documents) {
    LineIndex index = null;
    try {
      index = LineIndex.of(judgements, line -> fields(line)[0]);
      return new JudgedRows(queries, documents, index, TextLines.open(judgements));
    } catch (RuntimeException e) {
      if (index != null) {
        index.close();
      }
      queries.close();
      documents.close();
      throw e;
    }
  }

  @Override
  Unparsed next() {
    for (var line = lines.next(); line != null; line = lines.next()) {
      if (isHeader(line)) {
        continue;
      }
      var query = fields(line)[0];
      var judged = judgements.all(query);
      if (judged.get(0).number() == line.number()) {
        return new Row(line.place(), query, judged);
      }
    }
    return null;
  }

  /** Ids that are separated by tabs may hold blanks. */
  private static String[] fields(TextLines.Line line) {
    return line.text().indexOf('\t') >= 0
        ? line.text().split("\t", -1)
        : SPACE.split(line.text().strip());
  }

  private static boolean isHeader(TextLines.Line line) {
    return line.number() == 1 && HEADER.matcher(line.text()).matches();
  }

  private final class Row implements Unparsed {
    private final String place;
    private final String query;
    private final List<TextLines.Line> judged;

    Row(String place, String query, List<TextLines.Line> judged) {
      this.place = place;
      this.query = query;
      this.judged = judged;
    }

    @Override
    public String place() {
      return place;
    }

    @Override
    public TrainingRow parse() {
      var problems = new ArrayList<String>();
      var positives = new ArrayList<Passage>();
      var negatives = new ArrayList<Passage>();
      for (var line : judged) {
        judgement(line, positives, negatives).ifPresent(problems::add);
      }
      var text = queries.find(query).map(Passage::text);
      if (text.isEmpty()) {
        problems.add("%s: the query %s is not in %s".formatted(place, query, queries.file()));
      } else if (text.get().isBlank()) {
        problems.add("%s: the query %s is empty".formatted(place, query));
      }
      if (positives.isEmpty() && problems.isEmpty()) {
        problems.add(place + ": the query " + query + " has no document with a grade above 0");
      }
      if (!problems.isEmpty()) {
        throw new InputException(problems);
      }
      return new TrainingRow(query, text.get(), positives, negatives, Optional.empty());
    }

    /** Texts are not read yet; judged queries have few documents. */
    @Override
    public long length() {
      return judged.size();
    }

    private Optional<String> judgement(
        TextLines.Line line, List<Passage> positives, List<Passage> negatives) {
      var fields = fields(line);
      if (fields.length != BEIR_FIELDS && fields.length != TREC_FIELDS) {
        return Optional.of(
            line.place() + ": is not 'query document grade' or 'query 0 document grade'");
      }
      var grade = fields[fields.length - 1];
      if (!grade.matches("-?\\d+")) {
        return Optional.of(line.place() + ": has the grade " + grade + ", expected a whole number");
      }
      var id = fields[fields.length - 2];
      var document = documents.find(id);
      if (document.isEmpty()) {
        return Optional.of(
            "%s: the document %s is not in %s".formatted(line.place(), id, documents.file()));
      }
      if (document.get().content().isBlank()) {
        return Optional.of("%s: the document %s has no text".formatted(line.place(), id));
      }
      (grade.startsWith("-") || grade.matches("0+") ? negatives : positives).add(document.get());
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    lines.close();
    judgements.close();
    documents.close();
    queries.close();
  }
}
