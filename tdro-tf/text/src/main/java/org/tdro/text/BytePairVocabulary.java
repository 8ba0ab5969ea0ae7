package org.tdro.text;

import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tdro.io.AtomicWrite;
import org.tdro.io.Json;

/**
 * A learned byte-level vocabulary. Ids: {@value #PAD_ID} padding, {@value #END_ID} the end token, then the 256 bytes, then the
 * merges in the order they were learned.
 *
 * @param merges each joins two earlier symbols into a new one
 * @param normalize whether texts are first converted to NFKC and lower case
 */
public record BytePairVocabulary(List<Merge> merges, boolean normalize) {
  /** The id of {@link #PAD}. */
  public static final int PAD_ID = 0;
  /** The id of {@link #END}. */
  public static final int END_ID = 1;
  /** The padding token. */
  public static final String PAD = "<|pad|>";
  /** The token that ends a text. */
  public static final String END = "<|endoftext|>";

  /** Bytes that there are. */
  static final int BYTES = 256;

  static final int FIRST_BYTE = 2;
  static final int FIRST_MERGE = FIRST_BYTE + BYTES;

  /** GPT-2's table of printable characters for the bytes: Latin-1's printable ones, and for the others those from U+0100 on. */
  private static final char[] CHARACTERS = characters();

  private static final int[] VALUES = values();

  /** Two ids whose symbols together become a new one. */
  public record Merge(int left, int right) {}

  public BytePairVocabulary {
    merges = List.copyOf(merges);
  }

  /** Returns the number of ids. */
  public int size() {
    return FIRST_MERGE + merges.size();
  }

  private static char[] characters() {
    var characters = new char[BYTES];
    var next = (char) 0x100;
    for (int b = 0; b < BYTES; b++) {
      var printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
      characters[b] = printable ? (char) b : next++;
    }
    return characters;
  }

  private static int[] values() {
    var values = new int[2 * BYTES];
    Arrays.fill(values, -1);
    for (int b = 0; b < BYTES; b++) {
      values[CHARACTERS[b]] = b;
    }
    return values;
  }

  /** Returns the token of a byte, 0 to 255, as a {@code tokenizer.json} has it. */
  static String token(int value) {
    return String.valueOf(CHARACTERS[value]);
  }

  /** Returns the byte of a character of {@link #token}; −1 if there is none. */
  static int value(char character) {
    return character < VALUES.length ? VALUES[character] : -1;
  }

  /** Returns the ids of a text's UTF-8 bytes, nothing merged. */
  static int[] byteIds(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = FIRST_BYTE + (bytes[i] & 0xff);
    }
    return ids;
  }

  /**
   * Writes a Hugging Face {@code tokenizer.json} that appends the end token to every text.
   *
   * @throws org.tdro.io.FileException naming the file
   */
  public void write(Path tokenizerJson) {
    AtomicWrite.file(tokenizerJson, beside -> Files.writeString(beside, Json.pretty(toJson())));
  }

  private ObjectNode toJson() {
    var json = Json.object();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    var added = json.putArray("added_tokens");
    added.add(new SpecialToken(PAD, PAD_ID).entry()).add(new SpecialToken(END, END_ID).entry());
    if (normalize) {
      var normalizers =
          json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
      normalizers.addObject().put("type", "NFKC");
      normalizers.addObject().put("type", "Lowercase");
    } else {
      json.putNull("normalizer");
    }
    json.set("pre_tokenizer", byteLevel());
    json.set(
        "post_processor", EndTokenTemplate.with(NullNode.instance, new SpecialToken(END, END_ID)));
    json.set("decoder", byteLevel());
    json.set("model", model());
    return json;
  }

  private ObjectNode model() {
    var model = Json.object().put("type", "BPE").putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    var tokens = tokens();
    var vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.get(id), id);
    }
    // No token holds a blank: the table has another character for it.
    var pairs = model.putArray("merges");
    for (var merge : merges) {
      pairs.add(tokens.get(merge.left()) + " " + tokens.get(merge.right()));
    }
    return model;
  }

  private List<String> tokens() {
    var tokens = new ArrayList<String>(size());
    tokens.add(PAD);
    tokens.add(END);
    for (int b = 0; b < BYTES; b++) {
      tokens.add(token(b));
    }
    for (var merge : merges) {
      tokens.add(tokens.get(merge.left()) + tokens.get(merge.right()));
    }
    return tokens;
  }

  private static ObjectNode byteLevel() {
    var node = Json.object().put("type", "ByteLevel");
    return node.put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", true);
  }
}
