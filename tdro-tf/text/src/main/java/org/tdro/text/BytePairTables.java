package org.tdro.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tdro.io.Json;

/**
 * A byte-level BPE tokenizer as tables by which operations on arrays compute its ids.
 *
 * <p>Special tokens are numbers beyond Unicode, {@link #FIRST_SPECIAL} and following; the last of them ends each text and has no id.
 *
 * @param normalizer of texts
 * @param pattern that splits normalised texts into words
 * @param beginsWithBlank whether a text, or what follows a special token in it, gets a blank before it unless it begins with one
 * @param classes {@code kind + KINDS · role} of {@link CodePointClass}, of special tokens, too
 * @param bytes id of each byte
 * @param vocabulary number of ids
 * @param pairs {@code left · vocabulary + right} of each merge, in ascending order, then the largest number
 * @param ranks of these pairs; lower ones are merged first
 * @param merged their ids
 * @param earlierBefore pairs that must wait for what may become of the token before them
 * @param earlierAfter pairs that must wait for what may become of the token after them
 * @param words that are one token
 * @param specials the special tokens that texts may hold
 * @param specialIds the id of each number from {@link #FIRST_SPECIAL} on; −1 for the end of a text
 * @param before numbers of the special tokens before a text
 * @param after those of the special tokens after it
 */
@SuppressWarnings("ArrayRecordComponent") // tables, never compared
public record BytePairTables(
    NormalizerTables normalizer,
    WordPattern pattern,
    boolean beginsWithBlank,
    CodePointTable classes,
    int[] bytes,
    int vocabulary,
    long[] pairs,
    int[] ranks,
    int[] merged,
    Earlier earlierBefore,
    Earlier earlierAfter,
    Words words,
    Map<String, Special> specials,
    int[] specialIds,
    int[] before,
    int[] after) {
  /** The most special tokens, the end of a text among them; a multiple of the size of a page. */
  static final int MOST_SPECIALS = 2048;

  /** The number of the first special token. */
  public static final int FIRST_SPECIAL = Character.MAX_CODE_POINT + 1;

  /**
   * Merges with a token that a neighbour may still become. The pair of {@code a} and {@code b} can only be merged at once if no merge of
   * lower rank can take one of them away. With the token beside them as it is, its own pair tells; but the token {@code x} before
   * {@code a} may first become a token {@code y} that ends with it, and then be merged with {@code a}.
   *
   * @param pairs {@code x · vocabulary + a}, in ascending order, then the largest number
   * @param ranks the lowest rank of a merge of such a {@code y} and {@code a}
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Earlier(long[] pairs, int[] ranks) {}

  /**
   * A special token that texts may hold.
   *
   * @param bare sides on which white space belongs to it
   */
  public record Special(int number, Set<TextSide> bare) {}

  /**
   * The words that are one token. A word is found by the sum of {@code weights[i] · (byte i + 1)}, and then compared.
   *
   * @param weights by place, as many as the longest has bytes
   * @param hashes in ascending order, then the largest number
   * @param starts of their bytes in {@link #bytes}, then its length
   * @param bytes of all words
   * @param ids of the words
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Words(long[] weights, long[] hashes, int[] starts, byte[] bytes, int[] ids) {}

  /**
   * Returns the tables of a {@code tokenizer.json}.
   *
   * @throws InexpressibleTokenizerException if they would not give the same ids for every text
   */
  public static BytePairTables of(JsonNode tokenizerJson) throws InexpressibleTokenizerException {
    return new Builder(BytePairJson.of(tokenizerJson)).build();
  }

  /** Returns the number that ends a text. */
  public int end() {
    return FIRST_SPECIAL + specialIds.length - 1;
  }

  /** Returns how many numbers are after the text itself: special tokens and the end. */
  public int tail() {
    return after.length + 1;
  }

  /** Returns ascending keys and a last one that is none of them. */
  static long[] keys(Collection<Long> ascending) {
    var keys =
        Arrays.copyOf(ascending.stream().mapToLong(key -> key).toArray(), ascending.size() + 1);
    keys[ascending.size()] = Long.MAX_VALUE;
    return keys;
  }

  private static final class Builder {
    /** 2⁶⁴ divided by the golden ratio, of which the powers spread well; larger odd numbers where two words have the same hash. */
    private static final long FIRST_BASE = 0x9E3779B97F4A7C15L;

    private final BytePairJson json;
    private final BytePairRules rules;

    Builder(BytePairJson json) throws InexpressibleTokenizerException {
      this.json = json;
      rules = new BytePairRules(json);
    }

    BytePairTables build() throws InexpressibleTokenizerException {
      var numbers = new LinkedHashMap<Integer, Integer>();
      var specials = new LinkedHashMap<String, Special>();
      json.added().specials().forEach((content, special) -> {
        numbers.putIfAbsent(special.id(), FIRST_SPECIAL + numbers.size());
        specials.put(content, new Special(numbers.get(special.id()), special.bare()));
      });
      json.added().before().forEach(id -> numbers.putIfAbsent(id, FIRST_SPECIAL + numbers.size()));
      json.added().after().forEach(id -> numbers.putIfAbsent(id, FIRST_SPECIAL + numbers.size()));
      var specialIds = new int[numbers.size() + 1];
      numbers.forEach((id, number) -> specialIds[number - FIRST_SPECIAL] = id);
      specialIds[numbers.size()] = -1;
      if (specialIds.length > MOST_SPECIALS) {
        throw new InexpressibleTokenizerException(
            "has %d special tokens, more than %d".formatted(numbers.size(), MOST_SPECIALS - 1));
      }
      var byPair = rules.byPair();
      return new BytePairTables(
          NormalizerTables.of(json.root().path("normalizer")),
          json.pattern(),
          json.beginsWithBlank(),
          CodePointClasses.of(json.pattern()),
          bytes(),
          rules.vocabulary(),
          keys(byPair.keySet()),
          byPair.values().stream().mapToInt(BytePairRules.Rule::rank).toArray(),
          byPair.values().stream().mapToInt(BytePairRules.Rule::merged).toArray(),
          rules.earlier(true),
          rules.earlier(false),
          words(),
          specials,
          specialIds,
          json.added().before().stream().mapToInt(numbers::get).toArray(),
          json.added().after().stream().mapToInt(numbers::get).toArray());
    }

    private int[] bytes() {
      var ids = new int[BytePairVocabulary.BYTES];
      Arrays.setAll(ids, value -> json.vocabulary().get(BytePairVocabulary.token(value)));
      return ids;
    }

    /** Returns the words that are one token: those whose merges lead to it, or all if the tokenizer looks for words first. */
    private Words words() {
      var bytesByToken = new LinkedHashMap<String, byte[]>();
      try (var merging = merging()) {
        for (var token : json.vocabulary().keySet()) {
          var bytes = bytesOf(token);
          if (bytes.length > 1
              && (json.takesWholeWords() || Tokenizer.ids(merging, token).length == 1)) {
            bytesByToken.put(token, bytes);
          }
        }
      }
      int longest =
          bytesByToken.values().stream().mapToInt(bytes -> bytes.length).max().orElse(0);
      long base = FIRST_BASE;
      var found = new TreeMap<Long, String>();
      long[] weights;
      do {
        weights = powers(base, longest);
        base += 2;
        found.clear();
        for (var word : bytesByToken.entrySet()) {
          found.put(hash(weights, word.getValue()), word.getKey());
        }
      } while (found.size() < bytesByToken.size());
      var hashes = new long[found.size() + 1];
      var starts = new int[found.size() + 1];
      var ids = new int[found.size()];
      var bytes = new ByteArrayOutputStream();
      int at = 0;
      for (var word : found.entrySet()) {
        hashes[at] = word.getKey();
        starts[at] = bytes.size();
        ids[at] = json.vocabulary().get(word.getValue());
        bytes.writeBytes(bytesByToken.get(word.getValue()));
        at++;
      }
      hashes[at] = Long.MAX_VALUE;
      starts[at] = bytes.size();
      return new Words(weights, hashes, starts, bytes.toByteArray(), ids);
    }

    /** Returns the first powers of an odd number, which are odd, too. */
    private static long[] powers(long base, int count) {
      var powers = new long[count];
      long power = 1;
      for (int i = 0; i < count; i++) {
        power *= base;
        powers[i] = power;
      }
      return powers;
    }

    private static long hash(long[] weights, byte[] word) {
      long hash = 0;
      for (int i = 0; i < word.length; i++) {
        hash += weights[i] * ((word[i] & 0xff) + 1);
      }
      return hash;
    }

    /** Returns the bytes of a token; none if it is not written in the table of bytes. */
    private static byte[] bytesOf(String token) {
      var bytes = new byte[token.length()];
      for (int i = 0; i < bytes.length; i++) {
        int value = BytePairVocabulary.value(token.charAt(i));
        if (value < 0) {
          return new byte[0];
        }
        bytes[i] = (byte) value;
      }
      return bytes;
    }

    /** Returns the library's tokenizer of the merges alone. */
    private HuggingFaceTokenizer merging() {
      var tokenizer = Json.object().put("version", "1.0");
      tokenizer.putNull("normalizer").putNull("pre_tokenizer").putArray("added_tokens");
      ObjectNode model = json.root().get("model").deepCopy();
      tokenizer.set("model", model.put("ignore_merges", false));
      return TokenizerJson.open(tokenizer);
    }
  }
}
