package org.tdro.export.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.tdro.text.InexpressibleTokenizerException;
import org.tdro.text.PromptTemplate;

/** Merges in an order that no training would learn, against the tokenizers library. */
class BytePairMergesTest {
  private static final int LENGTH = 512;

  /** Which merges there are. */
  enum Order {
    /** Each after those of its parts. */
    LEARNED,
    /** Each way to divide a token, in the order of the tokens. */
    DIVISIONS,
    /** Any, which may come before those of their parts, or give the same token. */
    ANY
  }

  /** A tokenizer with merges of any of its tokens, and words to try it on. */
  record Sample(long seed, int letters, int merges, Order order, boolean takesWholeWords) {

    void write(Path file) throws IOException {
      BytePairFiles.write(file, BytePairFiles.Kind.GPT2, List.of(), 258);
      var random = new Random(seed);
      var tokens = new ArrayList<String>();
      for (int i = 0; i < letters; i++) {
        tokens.add(letter(i));
      }
      var pairs = new ArrayList<String>();
      BytePairFiles.change(file, json -> {
        var model = (ObjectNode) json.get("model");
        var vocabulary = (ObjectNode) model.get("vocab");
        for (int i = 0; i < merges; i++) {
          var left = tokens.get(random.nextInt(tokens.size()));
          var right = tokens.get(random.nextInt(tokens.size()));
          if (left.length() + right.length() > 12) {
            continue;
          }
          if (vocabulary.has(left + right) && order != Order.ANY) {
            continue;
          }
          if (!vocabulary.has(left + right)) {
            vocabulary.put(left + right, vocabulary.size());
            tokens.add(left + right);
          }
          if (!pairs.contains(left + " " + right)) {
            int at = order == Order.ANY ? random.nextInt(pairs.size() + 1) : pairs.size();
            pairs.add(at, left + " " + right);
          }
        }
        if (order == Order.DIVISIONS) {
          model.put("ignore_merges", takesWholeWords);
          model.set("merges", BytePairFiles.divisions(vocabulary));
          return;
        }
        var list = model.put("ignore_merges", takesWholeWords).putArray("merges");
        pairs.forEach(list::add);
      });
    }

    private static String letter(int i) {
      return String.valueOf((char) ('a' + i));
    }

    List<String> texts() {
      var random = new Random(seed + 1);
      var texts = new ArrayList<String>();
      for (int i = 0; i < 64; i++) {
        var text = new StringBuilder();
        int length = random.nextInt(i < 60 ? 40 : 400);
        for (int at = 0; at < length; at++) {
          text.append(letter(random.nextInt(letters)));
        }
        texts.add(text.toString());
      }
      return texts;
    }
  }

  @Provide
  Arbitrary<Sample> samples() {
    return Arbitraries.longs()
        .flatMap(seed -> Arbitraries.integers()
            .between(1, 5)
            .flatMap(letters -> Arbitraries.integers()
                .between(0, 120)
                .flatMap(merges -> Arbitraries.of(Order.class)
                    .flatMap(order -> Arbitraries.of(true, false)
                        .map(whole -> new Sample(seed, letters, merges, order, whole))))));
  }

  @Property(tries = 40)
  void anyMerges(@ForAll("samples") Sample sample) throws Exception {
    var file = Files.createTempFile("merges", ".json");
    try {
      sample.write(file);
      try (var pair = new TokenizerPair(file, PromptTemplate.IDENTITY, LENGTH)) {
        pair.assertSame(sample.texts());
      } catch (InexpressibleTokenizerException e) {
        assertThat(sample.order).isNotEqualTo(Order.LEARNED);
        assertThat(e).hasMessageMatching("merges \\w+ and \\w+ before it makes them");
      }
    } finally {
      Files.delete(file);
    }
  }
}
