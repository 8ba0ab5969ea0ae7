package org.tdro.text;

import java.nio.charset.StandardCharsets;

/**
 * The 256 printable characters that stand for the bytes in a byte-level vocabulary (GPT-2's table): printable Latin-1 bytes are
 * themselves, the others follow from U+0100 on.
 */
final class ByteAlphabet {
  private static final char[] CHARACTERS = characters();

  private ByteAlphabet() {}

  static String character(int b) {
    return String.valueOf(CHARACTERS[b]);
  }

  /** The UTF-8 bytes of a text, each 0 to 255. */
  static int[] bytes(String text) {
    var utf8 = text.getBytes(StandardCharsets.UTF_8);
    var bytes = new int[utf8.length];
    for (int i = 0; i < utf8.length; i++) {
      bytes[i] = utf8[i] & 0xff;
    }
    return bytes;
  }

  private static char[] characters() {
    var characters = new char[256];
    var next = (char) 0x100;
    for (int b = 0; b < 256; b++) {
      var printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
      characters[b] = printable ? (char) b : next++;
    }
    return characters;
  }
}
