package org.tdro.export.tokenizer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.tdro.testing.Shared;

/** Texts on which tokenizers in a graph are tried. */
final class TokenizerTexts {
  private static final JsonMapper JSON = new JsonMapper();

  private TokenizerTexts() {}

  /** Returns the first passages of an evaluation set; a test is skipped without it. */
  static List<String> ofSet(String set, int most) throws IOException {
    return ofFile("data/eval/" + set + "/corpus.jsonl.gz", "text", most);
  }

  /** Returns what the first rows of a shared file have under a key. */
  static List<String> ofFile(String file, String key, int most) throws IOException {
    var texts = new ArrayList<String>();
    try (var lines = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(Files.newInputStream(Shared.path(file))), StandardCharsets.UTF_8))) {
      for (var line = lines.readLine();
          line != null && texts.size() < most;
          line = lines.readLine()) {
        texts.add(JSON.readTree(line).path(key).asText());
      }
    }
    return texts;
  }

  /** Returns single code points of a range, its last one included; halves of surrogate pairs, too. */
  static Arbitrary<String> codePoints(int from, int to) {
    return Arbitraries.integers().between(from, to).map(Character::toString);
  }
}
