package org.tdro.experiments.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PhraseSheetTest {
  @Test
  void leavesNoSlotOpen() {
    assertThat(QuickstartCollection.domains())
        .flatExtracting(QuickstartDomain::entries)
        .allSatisfy(entry -> assertThat(entry.content() + entry.queries())
            .doesNotContain("{", "}")
            .doesNotContain("null"));
  }

  @Test
  void leavesOutAnAspectThatTheRowDoesNotKnow() {
    // Hydrogen has no element before it, so nothing is said of its neighbours.
    var hydrogen = Elements.rows().subList(0, 1);
    assertThat(new PhraseSheet("elements").entries(hydrogen, List.of("query"), 1))
        .extracting(Entry::aspect)
        .contains("class", "use")
        .doesNotContain("neighbours");
  }

  @Test
  void wordsAPassageAlikeWhateverLanguageAsks() {
    var sheet = new PhraseSheet("geography");
    assertThat(sheet.entries(Countries.rows(), List.of("german"), 1))
        .extracting(Entry::content)
        .isEqualTo(sheet.entries(Countries.rows(), List.of("query"), 2).stream()
            .map(Entry::content)
            .toList());
  }
}
