package org.tdro.rows.statistics;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/**
 * A guess of the language of a text, by its script and by OpenNLP's model of 103 languages, which compares the frequencies of one to three
 * characters. May be used by several threads.
 */
final class LanguageDetector {
  /** What is returned of a text that may be in any of several languages. */
  static final String UNSURE = "unsure";

  private static final String MODEL = "langdetect-183.bin";

  /** The time grows with the length; more of a text seldom changes the guess. */
  private static final int CHARACTERS = 300;

  /** How many times as probable the language must be as the second. Of texts for which that holds, 99 % or more are in it. */
  private static final double LEAST_RATIO = 1.3;

  private final LanguageDetectorME detector;

  private LanguageDetector(LanguageDetectorME detector) {
    this.detector = detector;
  }

  /** Loads the model, which is in the class path; it takes about 40 MB. */
  static LanguageDetector load() {
    try (var model = LanguageDetectorME.class.getClassLoader().getResourceAsStream(MODEL)) {
      if (model == null) {
        throw new FileNotFoundException(
            MODEL + " of opennlp-models-langdetect is not in the class path");
      }
      return new LanguageDetector(new LanguageDetectorME(new LanguageDetectorModel(model)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the language of a text by its code in ISO 639-3, such as {@code eng}, or {@link #UNSURE}. */
  String of(String text) {
    return switch (Scripts.of(text)) {
      case Scripts.NONE -> UNSURE;
      case "Han" -> "zho";
      case "Kana" -> "jpn";
      case "Hangul" -> "kor";
      default -> byModel(text);
    };
  }

  private String byModel(String text) {
    var languages =
        detector.predictLanguages(text.substring(0, Math.min(CHARACTERS, text.length())));
    double ratio = languages[0].getConfidence() / languages[1].getConfidence();
    return switch (languages[0].getLang()) {
      // They are not written in other scripts.
      case "cmn", "jpn", "kor" -> UNSURE;
      default -> ratio >= LEAST_RATIO ? languages[0].getLang() : UNSURE;
    };
  }
}
