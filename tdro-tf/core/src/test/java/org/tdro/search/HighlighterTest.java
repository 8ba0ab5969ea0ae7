package org.tdro.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HighlighterTest {
  private static final Highlighter.Sample NOTHING = new Highlighter.Sample();

  /** The passage with brackets around the marks. */
  private static String marked(String query, String text, int columns) {
    return marked(new Highlighter(query, NOTHING).best(text, columns));
  }

  private static String marked(Highlighter.Snippet snippet) {
    var text = new StringBuilder(snippet.text());
    for (int i = snippet.marks().size() - 1; i >= 0; i--) {
      var mark = snippet.marks().get(i);
      text.insert(mark.to(), ']').insert(mark.from(), '[');
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "wing, 'A Wing, two wings, winged', 'A [Wing], two [wings], winged'",
    "cafe, 'Café and CAFÉ', '[Café] and [CAFÉ]'",
    "straße 42, 'Die Straße 42.', 'Die [Straße] [42].'",
    "東京都, 東京は都です。東京都。, [東京]は都です。[東京都]。",
    "猫, 猫は鳴く, 猫は鳴く",
    "プトレマイオス朝, プトレマイオス朝のステンレス, [プトレマイオス]朝のステンレス",
    "'', 'no words', 'no words'",
    "'?!', 'no words', 'no words'",
    "wing, '', ''",
    "wing, ' \t\n ', ''",
    "wing, '...', '...'",
  })
  void marksTheWordsOfTheQuery(String query, String text, String expected) {
    assertThat(marked(query, text, 100)).isEqualTo(expected);
  }

  @Test
  void theWindowWithMostOfTheWordsIsShown() {
    var text = "heat. " + "nothing here ".repeat(20)
        + "End. The heat transfer to a blunt body is high. " + "more ".repeat(40) + "heat";
    assertThat(marked("blunt body heat transfer", text, 60))
        .isEqualTo("…The [heat] [transfer] to a [blunt] [body] is high. more more more…");
  }

  @Test
  @Timeout(20)
  void aTextMayBeLong() {
    var text = "alpha ".repeat(300_000) + "beta";
    assertThat(marked("beta alpha", text, 20)).endsWith("[alpha] [alpha] [beta]");
  }

  @Test
  void wideCharactersCountTwice() {
    var shown = new Highlighter("東京", NOTHING).best("あ".repeat(200) + "東京" + "い".repeat(200), 40);
    assertThat(shown.text()).contains("東京").startsWith("…").endsWith("…");
    assertThat(shown.text().length()).isBetween(20, 22);
  }

  @Test
  void wordsThatAreEverywhereAreNotMarkedUnlessThereAreNoOthers() {
    var sample = new Highlighter.Sample();
    for (int i = 0; i < 10; i++) {
      sample.add("the text of number " + i);
    }
    assertThat(marked(new Highlighter("the wing", sample).best("the wing of the bird", 80)))
        .isEqualTo("the [wing] of the bird");
    assertThat(marked(new Highlighter("the", sample).best("the wing", 80))).isEqualTo("[the] wing");
  }

  /** Marks lie in the text, in order, and the text is no wider than asked. */
  @Test
  void anyTextCanBeShown() {
    var random = new SplittableRandom(3);
    var alphabet = "ab 日本の 🙂ก.\u0301。 é\uD83D한글 ";
    for (int i = 0; i < 3000; i++) {
      var text = random(random, alphabet, random.nextInt(120));
      int columns = random.nextInt(1, 60);
      var shown = new Highlighter(random(random, alphabet, 6), NOTHING).best(text, columns);
      assertThat(shown.text().length()).isLessThanOrEqualTo(2 * columns + 2);
      int last = 0;
      for (var mark : shown.marks()) {
        assertThat(mark.from()).isGreaterThanOrEqualTo(last);
        assertThat(mark.to()).isBetween(mark.from() + 1, shown.text().length());
        last = mark.to();
      }
    }
  }

  private static String random(SplittableRandom random, String alphabet, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
