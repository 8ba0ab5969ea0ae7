package org.tdro.rows.records;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tdro.io.Compression;
import org.tdro.io.InputException;

/** A kind of file that holds records, which the ending of its name tells, in any case. */
public enum FileKind {
  /** A JSON object or list on each line. */
  JSON_LINES(FileKind::openJson, "jsonl", "jsonlines", "ndjson"),
  /** A list of JSON objects, or one on each line. */
  JSON(FileKind::openJson, "json"),
  /** A table with a header, quoted as RFC 4180 says; values are separated by commas, or semicolons or tabs if the header has none. */
  CSV(file -> TableRecords.open(file, ",;\t"), "csv"),
  /** The same, separated by tabs. */
  TSV(file -> TableRecords.open(file, "\t"), "tsv"),
  /** Parquet. */
  PARQUET(ParquetRecords::open, "parquet"),
  /** Arrow IPC, of files or of streams. */
  ARROW(ArrowRecords::open, "arrow", "feather");

  /** The characters at the start of a file that tell a list from lines. */
  private static final int PEEKED = 256;

  /** A list begins on a line of its own, or with an object or a list; a line may be a list of texts. */
  private static final Pattern LIST =
      Pattern.compile("\\[\\s*([\\[{\\r\\n].*|]\\s*|)", Pattern.DOTALL);

  /** The first bytes of compressed files. */
  private static final Map<String, String> COMPRESSED = Map.of("1f8b", ".gz", "28b52ffd", ".zst");

  private static final byte[] POINTER =
      "version https://git-lfs".getBytes(StandardCharsets.US_ASCII);

  @SuppressWarnings("ImmutableEnumChecker") // a method
  private final Function<Path, Records> reader;

  @SuppressWarnings("ImmutableEnumChecker") // the list is unmodifiable
  private final List<String> endings;

  FileKind(Function<Path, Records> reader, String... endings) {
    this.reader = reader;
    this.endings = List.of(endings);
  }

  /** Returns the kind of a file by its name, whether or not it exists. */
  public static Optional<FileKind> of(Path file) {
    var name = Compression.strippedName(file).toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(kind -> kind.isText() || Compression.of(file) == Compression.NONE)
        .filter(kind -> kind.endings.stream().anyMatch(ending -> name.endsWith("." + ending)))
        .findFirst();
  }

  /** Returns whether a file of this kind is text, which may be compressed as a whole. */
  public boolean isText() {
    return this != PARQUET && this != ARROW;
  }

  /** Returns the name of a file without the folder and the endings of compression and kind. */
  public static String baseName(Path file) {
    var name = Compression.strippedName(file);
    return of(file).isPresent() ? name.substring(0, name.lastIndexOf('.')) : name;
  }

  /** Returns the endings of all kinds, for a message. */
  public static String endings() {
    return Arrays.stream(values())
        .flatMap(kind -> kind.endings.stream())
        .map(ending -> "." + ending)
        .collect(Collectors.joining(", "));
  }

  /**
   * Opens a file of this kind, whatever its name.
   *
   * @throws InputException if it is missing or damaged
   */
  public Records open(Path file) {
    refuseOther(file);
    return reader.apply(file);
  }

  /** Refuses what is something else than its name says. */
  private static void refuseOther(Path file) {
    try (var in = Files.newInputStream(file)) {
      var start = in.readNBytes(POINTER.length);
      if (Arrays.equals(start, POINTER)) {
        throw new InputException(
            file + ": is not the file itself, but a pointer of Git LFS: git lfs pull");
      }
      for (var magic : COMPRESSED.entrySet()) {
        if (Compression.of(file) == Compression.NONE
            && HexFormat.of().formatHex(start).startsWith(magic.getKey())) {
          throw new InputException(
              "%s: is compressed, so its name must end in %s".formatted(file, magic.getValue()));
        }
      }
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Returns what to say of a file whose library cannot read it. What the library says, which is about its own types, is kept for a stack
   * trace.
   *
   * @param place where it cannot be read
   */
  static InputException damaged(String place, String kind, Throwable failure) {
    var problem = new InputException(
        failure instanceof OutOfMemoryError
            ? "%s: needs more memory than there is, or is a damaged %s file".formatted(place, kind)
            : "%s: damaged %s file, or something else; copy it again".formatted(place, kind));
    problem.addSuppressed(failure);
    return problem;
  }

  private static Records openJson(Path file) {
    return isList(file) ? JsonListRecords.open(file) : JsonLineRecords.open(file);
  }

  private static boolean isList(Path file) {
    try (var in = Compression.read(file)) {
      var start = new String(in.readNBytes(PEEKED), StandardCharsets.UTF_8)
          .replace("\uFEFF", "")
          .stripLeading();
      return LIST.matcher(start).matches();
    } catch (NoSuchFileException e) {
      throw new InputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new InputException(file + ":1: " + Compression.reason(file, e), e);
    }
  }
}
