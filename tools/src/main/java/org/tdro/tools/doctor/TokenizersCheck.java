package org.tdro.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.Tokenizer;
import org.tdro.text.WordCounts;

/** The native library of tokenizers, on a tokenizer of single bytes. */
final class TokenizersCheck implements Check {
  private static final String TEXT = "dense retrieval";
  private static final int VOCABULARY = 258;
  private static final int LENGTH = 32;

  @Override
  public List<Finding> findings() throws IOException {
    var file = Files.createTempFile("tdro-doctor", ".json");
    try {
      new BytePairTrainer(VOCABULARY).train(new WordCounts(true)).write(file);
      try (var tokenizer = Tokenizer.load(file)) {
        var back = tokenizer.decode(tokenizer.encode(TEXT, LENGTH));
        return List.of(
            back.equals(TEXT)
                ? Finding.ok("tokenizers", "the native library loads and encodes")
                : Finding.problem("tokenizers", "'" + TEXT + "' came back as '" + back + "'", ""));
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
