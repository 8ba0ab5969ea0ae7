package org.tdro.rows.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tdro.rows.Passage;
import org.tdro.rows.TrainingRow;

class LanguageDetectorTest {
  private static final LanguageDetector DETECTOR = LanguageDetector.load();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eng | Where did the ship leave the harbour that night?",
        "deu | Welche Frist gilt für die Kündigung einer Wohnung?",
        "fra | Combien de temps faut-il pour traverser la ville à pied ?",
        "spa | ¿Cuándo empezaron a construir el puente sobre el río?",
        "ita | Quanto tempo ci vuole per cuocere il pane in casa?",
        "por | Não sei onde ficaram as chaves da casa dos meus avós.",
        "nld | Hoeveel mensen wonen er tegenwoordig in het oude centrum?",
        "pol | Kiedy zbudowano most przez rzekę w tym mieście?",
        "tur | Köprünün yapımı ne zaman başladı ve kaç yıl sürdü?",
        "vie | Cây cầu bắc qua sông được xây dựng từ khi nào?",
        "rus | Когда был построен мост через реку в этом городе?",
        "ell | Πότε χτίστηκε η γέφυρα πάνω από το ποτάμι;",
        "ara | متى تم بناء الجسر فوق النهر في هذه المدينة؟",
        "hin | इस शहर में नदी पर पुल कब बनाया गया था?",
        "zho | 這座橋是什麼時候建成的？",
        "zho | 床前明月光",
        "jpn | この橋はいつ建てられましたか。",
        "kor | 이 다리는 언제 지어졌습니까?",
      })
  void languagesAreNamed(String language, String text) {
    assertThat(DETECTOR.of(text)).isEqualTo(language);
  }

  @ParameterizedTest
  @CsvSource({
    "Inferno",
    "Titanic 2",
    "tar -xzf",
    "12 + 30",
    "''",
    "OK",
    "https://example.org/a.html"
  })
  void textsThatMayBeInSeveralLanguagesAreNot(String text) {
    assertThat(DETECTOR.of(text)).isEqualTo(LanguageDetector.UNSURE);
  }

  private static TrainingRow row(int number) {
    var english = "Where did the ship leave the harbour that night?";
    return new TrainingRow(
        "q" + number,
        number % 4 == 0 ? "Welche Frist gilt für die Kündigung einer Wohnung?" : english,
        List.of(new Passage("", "", english)),
        List.of(),
        Optional.empty());
  }

  @Test
  void samplesOfManyRowsHaveTheSameSharesInAnyOrder() {
    var sample = new LanguageSample(DETECTOR);
    var reversed = new LanguageSample(DETECTOR);
    IntStream.range(0, 4000).forEach(i -> {
      sample.add(row(i));
      reversed.add(row(3999 - i));
    });
    var counts = sample.counts();
    assertThat(reversed.counts()).isEqualTo(counts);
    assertThat(counts.keySet()).containsExactly("deu", "eng");
    assertThat(counts.values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(2 * LanguageSample.ROWS);
    // A quarter, 125, with a standard deviation of 9.
    assertThat(counts.get("deu")).isBetween(95L, 155L);
  }
}
