package org.tdro.evaluation.sets;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.evaluation.AnswerJudgements;
import org.tdro.evaluation.EvaluationSet;
import org.tdro.evaluation.sets.Layout.Folder;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.io.TextLines;
import org.tdro.search.texts.RecordTexts;
import org.tdro.search.texts.TextFormat;
import org.tdro.search.texts.TsvTexts;

/**
 * MKQA (Longpre et al., TACL 2021) as a test of retrieval: {@code mkqa.jsonl} with the questions of 26 languages, and the English passages
 * of Natural Questions, {@code psgs_w100.tsv}, {@code nq.jsonl} or {@code corpus.jsonl}; or the same questions as mContriever prepares
 * them, {@code test/LANG.jsonl} with {@code id}, {@code question} and {@code answers}. A passage is relevant if it holds one of the English
 * answers. Questions whose answers are all long, yes or no, or missing are left out.
 */
final class MkqaLayout {
  private static final Logger LOG = LoggerFactory.getLogger(MkqaLayout.class);
  private static final String WHOLE = "mkqa";
  private static final String QUESTIONS = "mkqa.jsonl";
  private static final String DPR = "psgs_w100.tsv";
  private static final String TEVATRON = "nq.jsonl";
  private static final String ANSWERS = "en";
  private static final Set<String> NOT_IN_A_PASSAGE =
      Set.of("unanswerable", "binary", "long_answer");
  private static final Pattern PREPARED = Pattern.compile("(.+)\\.jsonl(?:\\.gz)?");

  private MkqaLayout() {}

  static List<StoredSet> find(Folder folder, Splits splits) {
    var questions = folder.file(QUESTIONS);
    if (questions.isPresent()) {
      return languages(questions.get()).stream()
          .map(language -> set(
              WHOLE + "/" + language,
              EvaluationSet.TEST,
              folder,
              questions.get(),
              new Questions(language)))
          .toList();
    }
    var whole = EvaluationSet.whole(folder.setName());
    var split = splits.ofSet(whole);
    if (folder.file(DPR).isEmpty() && folder.file(TEVATRON).isEmpty()) {
      return List.of();
    }
    return folder.folder(split).stream()
        .flatMap(sub -> sub.files(PREPARED).stream())
        .map(file -> {
          var name = PREPARED.matcher(file.getFileName().toString());
          name.matches();
          return set(whole + "/" + name.group(1), split, folder, file, new Questions(""));
        })
        .toList();
  }

  private static List<String> languages(Path questions) {
    try (var lines = TextLines.open(questions)) {
      var line = lines.next();
      var names = new ArrayList<String>();
      if (line != null) {
        line.object().path("queries").fieldNames().forEachRemaining(names::add);
      }
      if (names.isEmpty()) {
        throw new InputException((line == null ? questions.toString() : line.place())
            + ": needs 'queries' with a question for each language, as MKQA has");
      }
      return names.stream().sorted().toList();
    }
  }

  private static StoredSet set(
      String name, String split, Folder folder, Path file, Questions questions) {
    var corpus = Stream.of(
            source(folder, DPR, TsvTexts.DPR),
            source(folder, TEVATRON, RecordTexts.DOCUMENTS),
            source(folder, "corpus.jsonl", RecordTexts.DOCUMENTS))
        .flatMap(Optional::stream)
        .findFirst();
    return new StoredSet(
        name,
        folder.path(),
        split,
        new StoredSet.Source(List.of(file), questions),
        corpus.orElse(StoredSet.Source.NONE),
        new StoredSet.Judged(List.of(file), () -> answers(file, questions)),
        EvaluationSet.OwnDocument.RANKED,
        corpus.isPresent()
            ? List.of()
            : List.of("%s: the passages are missing: %s, %s or corpus.jsonl, which may be .gz"
                .formatted(folder.path(), DPR, TEVATRON)));
  }

  private static Optional<StoredSet.Source> source(Folder folder, String name, TextFormat format) {
    return folder.file(name).map(file -> new StoredSet.Source(List.of(file), format));
  }

  private static AnswerJudgements answers(Path file, Questions questions) {
    var byQuery = new HashMap<String, List<String>>();
    var problems = new Problems();
    int blank = 0;
    try (var lines = TextLines.open(file)) {
      boolean more = true;
      while (more) {
        try {
          var line = lines.next();
          more = line != null;
          if (more) {
            var all = questions.answers(line);
            var found = all.stream().filter(AnswerJudgements::isAnswer).toList();
            blank += all.size() - found.size();
            if (!found.isEmpty()) {
              byQuery.put(questions.id(line, line.object()), found);
            }
          }
        } catch (InputException e) {
          problems.addAll(e.problems());
        }
      }
    }
    problems.throwIfAny();
    if (byQuery.isEmpty()) {
      throw new InputException(file + ": has no question with an answer that a passage can hold");
    }
    if (blank > 0) {
      LOG.warn("{}: {} answers without a word are left out", file, blank);
    }
    return AnswerJudgements.of(byQuery);
  }

  /**
   * The questions of a file.
   *
   * @param language the language of MKQA's questions; empty for a prepared file, which has one
   */
  private record Questions(String language) implements TextFormat {
    @Override
    public Reader open(Path file) {
      var lines = TextLines.open(file);
      return new Reader() {
        @Override
        public Text next() {
          var line = lines.next();
          if (line == null) {
            return null;
          }
          var object = line.object();
          var question = language.isEmpty()
              ? object.path("question")
              : object.path("queries").path(language);
          if (!question.isTextual()) {
            throw new InputException(line.place() + ": needs a string '"
                + (language.isEmpty() ? "question" : "queries." + language) + "'");
          }
          return new Text(line.place(), id(line, object), "", question.textValue());
        }

        @Override
        public void close() {
          lines.close();
        }
      };
    }

    String id(TextLines.Line line, JsonNode object) {
      var key = language.isEmpty() ? "id" : "example_id";
      var id = object.path(key);
      if (!id.isTextual() && !id.isIntegralNumber()) {
        throw new InputException(line.place() + ": needs '" + key + "', a string or an integer");
      }
      return id.asText();
    }

    /** Returns the answers that a passage can hold. */
    List<String> answers(TextLines.Line line) {
      var object = line.object();
      var answers =
          language.isEmpty() ? object.path("answers") : object.path("answers").path(ANSWERS);
      if (!answers.isArray()) {
        throw new InputException(line.place() + ": needs a list '"
            + (language.isEmpty() ? "answers" : "answers." + ANSWERS) + "'");
      }
      var texts = new ArrayList<String>();
      for (var answer : answers) {
        if (language.isEmpty()) {
          texts.add(text(line, answer));
        } else if (!NOT_IN_A_PASSAGE.contains(answer.path("type").asText())) {
          texts.add(text(line, answer.path("text")));
          answer.path("aliases").forEach(alias -> texts.add(text(line, alias)));
        }
      }
      return texts;
    }

    private static String text(TextLines.Line line, JsonNode answer) {
      if (!answer.isTextual()) {
        throw new InputException(line.place() + ": an answer must be a string, was " + answer);
      }
      return answer.textValue();
    }
  }
}
