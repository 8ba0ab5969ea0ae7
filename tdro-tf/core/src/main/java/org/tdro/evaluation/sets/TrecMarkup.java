package org.tdro.evaluation.sets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tdro.io.InputException;
import org.tdro.io.TextLines;
import org.tdro.search.texts.TextFormat;

/**
 * The texts of TREC's files with tags.
 *
 * <ul>
 *   <li>{@link #DOCUMENTS}, trectext and trecweb: {@code <DOC>} … {@code </DOC>}, with the id in {@code <DOCNO>}, a title in {@code <TITLE>},
 *       {@code <HEADLINE>}, {@code <HEAD>}, {@code <HL>} or {@code <TTL>}, and the text in {@code <TEXT>} or, without it, in everything but
 *       {@code <DOCHDR>} and the other elements of the header.
 *   <li>{@link #TOPICS}: {@code <top>} with {@code <num>} and {@code <title>}, whose end tags may be missing, or {@code <topic
 *       number="1">} with {@code <query>} or {@code <title>}. The query is the title.
 * </ul>
 */
enum TrecMarkup implements TextFormat {
  DOCUMENTS("doc") {
    @Override
    Text text(String place, Map<String, String> attributes, String content) {
      var id = element(content, "docno").map(TrecMarkup::plain).filter(text -> !text.isEmpty());
      var title = TITLES.stream()
          .flatMap(name -> element(content, name).stream())
          .map(TrecMarkup::plain)
          .findFirst()
          .orElse("");
      var texts = elements(content, "text");
      var text = texts.isEmpty()
          ? plain(HEADER.matcher(content).replaceAll(" "))
          : texts.stream().map(TrecMarkup::plain).collect(Collectors.joining(" "));
      return new Text(
          place,
          id.orElseThrow(() -> new InputException(place + ": the document has no <DOCNO>")),
          title,
          text);
    }
  },
  TOPICS("top", "topic") {
    @Override
    Text text(String place, Map<String, String> attributes, String content) {
      var id = Optional.ofNullable(attributes.get("number"))
          .or(() -> Optional.ofNullable(attributes.get("id")))
          .or(() -> element(content, "num").map(TrecMarkup::plain))
          .map(text -> text.replaceFirst("(?i)^number\\s*:\\s*", ""))
          .filter(text -> !text.isEmpty());
      var query = element(content, "title")
          .or(() -> element(content, "query"))
          .map(TrecMarkup::plain)
          .map(text -> text.replaceFirst("(?i)^topic\\s*:\\s*", ""));
      return new Text(
          place,
          id.orElseThrow(
              () -> new InputException(place + ": the topic has neither <num> nor number=\"…\"")),
          "",
          query.orElseThrow(
              () -> new InputException(place + ": the topic has neither <title> nor <query>")));
    }
  };

  private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;
  private static final List<String> TITLES = List.of("title", "headline", "head", "hl", "ttl");
  private static final Pattern HEADER = Pattern.compile(
      "<(docno|docid|dochdr|title|headline|head|hl|ttl|script|style)\\b[^>]*>.*?</\\1\\s*>|<!--.*?-->",
      FLAGS);
  private static final Pattern TAG = Pattern.compile("</?[A-Za-z!?][^<>]*>");
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern ENTITY =
      Pattern.compile("&(?:#(\\d{1,7})|(amp|lt|gt|quot|apos|nbsp));");
  private static final Map<String, String> ENTITIES =
      Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", " ");
  private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)\\s*=\\s*\"([^\"]*)\"");

  private final Pattern start;
  private final Pattern end;
  /** A tag of an element of the format, wherever it is in a line. */
  private final Pattern within;

  TrecMarkup(String... names) {
    var any = String.join("|", names);
    this.start = Pattern.compile("\\s*<(" + any + ")(\\s[^>]*)?>(.*)", FLAGS);
    this.end = Pattern.compile("(.*)</(" + any + ")\\s*>\\s*", FLAGS);
    this.within = Pattern.compile("</?(" + any + ")(\\s[^>]*)?>", FLAGS);
  }

  /** Returns the text of an element of the format. */
  abstract Text text(String place, Map<String, String> attributes, String content);

  @Override
  public Reader open(Path file) {
    var lines = TextLines.open(file);
    return new Reader() {
      private TextLines.Line pending;

      @Override
      public Text next() {
        var line = pending == null ? lines.next() : pending;
        pending = null;
        while (line != null && !start.matcher(line.text()).matches()) {
          refuseTags(line, line.text());
          line = lines.next();
        }
        if (line == null) {
          return null;
        }
        var first = line;
        var opening = start.matcher(line.text());
        opening.matches();
        var content = new StringBuilder();
        var rest = opening.group(3);
        while (true) {
          var closing = end.matcher(rest);
          if (closing.matches()) {
            refuseTags(line, closing.group(1));
            content.append(closing.group(1));
            break;
          }
          refuseTags(line, rest);
          content.append(rest).append('\n');
          line = lines.next();
          if (line == null || start.matcher(line.text()).matches()) {
            pending = line;
            throw new InputException("%s: <%s> does not end: there is no </%s> before the next"
                .formatted(first.place(), opening.group(1), opening.group(1)));
          }
          rest = line.text();
        }
        var attributes = opening.group(2) == null
            ? Map.<String, String>of()
            : ATTRIBUTE
                .matcher(opening.group(2))
                .results()
                .collect(Collectors.toMap(
                    result -> result.group(1).toLowerCase(Locale.ROOT),
                    result -> result.group(2).strip(),
                    (one, other) -> one));
        return text(first.place(), attributes, content.toString());
      }

      @Override
      public void close() {
        lines.close();
      }
    };
  }

  /** Refuses an element that begins or ends within a line, since it would become part of another one or of none. */
  private void refuseTags(TextLines.Line line, String text) {
    var tag = within.matcher(text);
    if (tag.find()) {
      throw new InputException("%s: %s must begin a line, and its end tag must end one"
          .formatted(line.place(), tag.group()));
    }
  }

  private static Optional<String> element(String content, String name) {
    return elements(content, name).stream().findFirst();
  }

  /** Returns the contents of elements; one whose end tag is missing ends where the next tag stands, as in topics. */
  private static List<String> elements(String content, String name) {
    var found = new ArrayList<String>();
    var matcher = Pattern.compile(
            "<" + name + "\\b[^>]*>(.*?)</" + name + "\\s*>|<" + name + "\\b[^>]*>([^<]*)", FLAGS)
        .matcher(content);
    while (matcher.find()) {
      found.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }
    return found;
  }

  /** Returns a text without tags, with its entities as characters and one blank for each white space. */
  private static String plain(String text) {
    var decoded = ENTITY.matcher(TAG.matcher(text).replaceAll(" ")).replaceAll(entity -> {
      var value = entity.group(1) == null
          ? ENTITIES.get(entity.group(2))
          : Character.isValidCodePoint(Integer.parseInt(entity.group(1)))
              ? Character.toString(Integer.parseInt(entity.group(1)))
              : " ";
      return Matcher.quoteReplacement(value);
    });
    return BLANKS.matcher(decoded).replaceAll(" ").strip();
  }
}
