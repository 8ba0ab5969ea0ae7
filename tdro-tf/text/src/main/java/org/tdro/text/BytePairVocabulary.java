package org.tdro.text;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.AtomicWrite;

/**
 * A learned byte-level vocabulary. Ids: {@value #PAD_ID} padding, {@value #END_ID} the end token, then the 256 bytes, then the
 * merges in the order they were learned.
 *
 * @param merges each makes a new symbol of two earlier ones
 * @param normalize whether texts are brought into NFKC and lower case first
 */
public record BytePairVocabulary(List<Merge> merges, boolean normalize) {
  public static final int PAD_ID = 0;
  public static final int END_ID = 1;
  public static final String PAD = "<|pad|>";
  public static final String END = "<|endoftext|>";
  static final int FIRST_BYTE = 2;
  static final int FIRST_MERGE = FIRST_BYTE + 256;

  /** Two ids whose symbols, put together, are a new one. */
  public record Merge(int left, int right) {}

  public BytePairVocabulary {
    merges = List.copyOf(merges);
  }

  /** Number of ids. */
  public int size() {
    return FIRST_MERGE + merges.size();
  }

  /** The ids of a text's bytes, nothing merged. */
  static int[] byteIds(String text) {
    var ids = ByteAlphabet.bytes(text);
    for (int i = 0; i < ids.length; i++) {
      ids[i] += FIRST_BYTE;
    }
    return ids;
  }

  /**
   * Writes a Hugging Face {@code tokenizer.json} that appends the end token to every text.
   *
   * @throws java.io.UncheckedIOException naming the file
   */
  public void write(Path tokenizerJson) {
    AtomicWrite.file(
        tokenizerJson,
        beside -> new JsonMapper()
            .writerWithDefaultPrettyPrinter()
            .writeValue(beside.toFile(), toJson()));
  }

  private ObjectNode toJson() {
    var json = new JsonMapper().createObjectNode();
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
        "post_processor",
        EndTokenTemplate.behind(NullNode.instance, new SpecialToken(END, END_ID)));
    json.set("decoder", byteLevel());
    json.set("model", model());
    return json;
  }

  private ObjectNode model() {
    var model = new JsonMapper()
        .createObjectNode()
        .put("type", "BPE")
        .putNull("dropout")
        .putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    var tokens = tokens();
    var vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.get(id), id);
    }
    // No token holds a blank: the byte alphabet writes it as another character.
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
    for (int b = 0; b < 256; b++) {
      tokens.add(ByteAlphabet.character(b));
    }
    for (var merge : merges) {
      tokens.add(tokens.get(merge.left()) + tokens.get(merge.right()));
    }
    return tokens;
  }

  private static ObjectNode byteLevel() {
    var node = new JsonMapper().createObjectNode().put("type", "ByteLevel");
    return node.put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", true);
  }
}
