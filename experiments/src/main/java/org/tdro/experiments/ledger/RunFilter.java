package org.tdro.experiments.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * A condition on runs, such as {@code model.kind = static and eval.ndcg_cut_10 > 0.4}.
 *
 * <pre>
 * condition  = conjunction { "or" conjunction }
 * conjunction = term { "and" term }
 * term       = "not" term | "(" condition ")" | name test
 * test       = ("=" | "!=" | "<" | "<=" | ">" | ">=") value | ["not"] "in" "(" value { "," value } ")"
 *            | ("~" | "!~") value | ["not"] "like" value | ["not"] "exists"
 * </pre>
 *
 * A value is a word, or a text in single or double quotes; a name with blanks is put into backquotes. Two numbers are compared as
 * numbers, all else as text. {@code ~} finds a regular expression anywhere; {@code like} compares the whole text, in which {@code %}
 * stands for any characters and {@code _} for one. A run without the name passes no comparison, not even {@code !=}.
 */
public final class RunFilter implements Predicate<LedgerRun> {
  private static final String SYMBOLS = "=!<>~";
  private static final String QUOTES = "'\"`";

  /** Far more than anyone would write, and far less than a thread's stack holds. */
  private static final int DEEPEST = 200;

  private final String text;
  private final Predicate<LedgerRun> condition;

  private RunFilter(String text, Predicate<LedgerRun> condition) {
    this.text = text;
    this.condition = condition;
  }

  /**
   * Parses a condition.
   *
   * @param names the names that runs may have
   * @throws IllegalArgumentException naming the place of a mistake in the text, and the nearest name to one that is not known
   */
  public static RunFilter parse(String text, Collection<String> names) {
    var parser = new Parser(text, names);
    return new RunFilter(text, parser.whole());
  }

  /** Returns the condition that every run passes. */
  public static RunFilter all() {
    return new RunFilter("", run -> true);
  }

  @Override
  public boolean test(LedgerRun run) {
    return condition.test(run);
  }

  @Override
  public String toString() {
    return text;
  }

  /** A kind of token. */
  private enum Kind {
    WORD,
    QUOTED,
    SYMBOL,
    END
  }

  /**
   * A part of the text.
   *
   * @param place the index of its first character
   */
  private record Token(Kind kind, String text, int place) {
    boolean is(String word) {
      return switch (kind) {
        case WORD -> text.equalsIgnoreCase(word);
        case SYMBOL -> text.equals(word);
        default -> false;
      };
    }

    String shown() {
      return kind == Kind.END ? "the end" : "'" + text + "'";
    }
  }

  /** A recursive descent over the tokens of a text. */
  private static final class Parser {
    private final String text;
    private final Collection<String> names;
    private final List<Token> tokens = new ArrayList<>();
    private int next;
    private int depth;

    Parser(String text, Collection<String> names) {
      this.text = text;
      this.names = names;
      split();
    }

    private void split() {
      int i = 0;
      while (i < text.length()) {
        char c = text.charAt(i);
        int start = i;
        if (Character.isWhitespace(c)) {
          i++;
        } else if (QUOTES.indexOf(c) >= 0) {
          i = text.indexOf(c, start + 1) + 1;
          if (i == 0) {
            throw mistake(start, "the quote is not closed");
          }
          tokens.add(new Token(Kind.QUOTED, text.substring(start + 1, i - 1), start));
        } else if ("(),".indexOf(c) >= 0) {
          i++;
          tokens.add(new Token(Kind.SYMBOL, text.substring(start, i), start));
        } else {
          boolean symbol = SYMBOLS.indexOf(c) >= 0;
          i = end(start, symbol ? at -> SYMBOLS.indexOf(at) >= 0 : Parser::isWord);
          tokens.add(new Token(symbol ? Kind.SYMBOL : Kind.WORD, text.substring(start, i), start));
        }
      }
      tokens.add(new Token(Kind.END, "", text.length()));
    }

    private static boolean isWord(int c) {
      return !Character.isWhitespace(c) && ("()," + SYMBOLS + QUOTES).indexOf(c) < 0;
    }

    private int end(int start, IntPredicate belongs) {
      int end = start;
      while (end < text.length() && belongs.test(text.charAt(end))) {
        end++;
      }
      return end;
    }

    Predicate<LedgerRun> whole() {
      var condition = either();
      if (peek().kind() != Kind.END) {
        throw mistake(peek(), "expected 'and', 'or' or the end, found " + peek().shown());
      }
      return condition;
    }

    private Predicate<LedgerRun> either() {
      var conditions = new ArrayList<Predicate<LedgerRun>>();
      do {
        conditions.add(both());
      } while (accept("or"));
      return run -> conditions.stream().anyMatch(condition -> condition.test(run));
    }

    private Predicate<LedgerRun> both() {
      var conditions = new ArrayList<Predicate<LedgerRun>>();
      do {
        conditions.add(term());
      } while (accept("and"));
      return run -> conditions.stream().allMatch(condition -> condition.test(run));
    }

    private Predicate<LedgerRun> term() {
      if (peek().is("not") || peek().is("(")) {
        if (depth == DEEPEST) {
          throw mistake(peek(), "'not' and '(' are nested more than %d deep".formatted(DEEPEST));
        }
        depth++;
        var condition = nested(take().is("not"));
        depth--;
        return condition;
      }
      var token = take();
      if (token.kind() != Kind.WORD && token.kind() != Kind.QUOTED) {
        throw mistake(token, "expected the name of a key or a result, found " + token.shown());
      }
      return test(name(token));
    }

    private Predicate<LedgerRun> nested(boolean negated) {
      if (negated) {
        return term().negate();
      }
      var condition = either();
      expect(")");
      return condition;
    }

    private String name(Token token) {
      var name = token.text();
      if (!names.contains(name)) {
        throw mistake(token, RunTable.unknown(name, names));
      }
      return name;
    }

    private Predicate<LedgerRun> test(String name) {
      if (accept("exists")) {
        return run -> run.value(name).isPresent();
      }
      boolean negated = accept("not");
      if (negated && accept("exists")) {
        return run -> run.value(name).isEmpty();
      }
      if (accept("in")) {
        return negated(name, in(name), negated);
      }
      if (accept("like")) {
        return negated(name, matching(name, like(value().text()), true), negated);
      }
      if (negated) {
        throw mistake(
            peek(), "expected 'in', 'like' or 'exists', found " + peek().shown());
      }
      var symbol = take();
      return switch (symbol.kind() == Kind.SYMBOL ? symbol.text() : "") {
        case "=", "==" -> comparison(name, value(), sign -> sign == 0);
        case "!=", "<>" -> comparison(name, value(), sign -> sign != 0);
        case "<" -> order(name, value(), sign -> sign < 0);
        case "<=" -> order(name, value(), sign -> sign <= 0);
        case ">" -> order(name, value(), sign -> sign > 0);
        case ">=" -> order(name, value(), sign -> sign >= 0);
        case "~" -> matching(name, regex(value()), false);
        case "!~" -> negated(name, matching(name, regex(value()), false), true);
        default ->
          throw mistake(
              symbol,
              "expected a comparison after '%s' (= != < <= > >= ~ like in exists), found %s"
                  .formatted(name, symbol.shown()));
      };
    }

    /** Negates a comparison: as with {@code !=}, a run without the name does not pass. */
    private static Predicate<LedgerRun> negated(
        String name, Predicate<LedgerRun> condition, boolean negated) {
      return negated ? run -> run.value(name).isPresent() && !condition.test(run) : condition;
    }

    private Predicate<LedgerRun> in(String name) {
      expect("(");
      var conditions = new ArrayList<Predicate<LedgerRun>>();
      do {
        conditions.add(comparison(name, value(), sign -> sign == 0));
      } while (accept(","));
      expect(")");
      return run -> conditions.stream().anyMatch(condition -> condition.test(run));
    }

    private static Predicate<LedgerRun> comparison(String name, Token value, IntPredicate passes) {
      return run -> run.value(name)
          .map(actual -> passes.test(compare(actual, value.text())))
          .orElse(false);
    }

    /** Compares by order, which has no sense between a number and a word: such a run does not pass. */
    private static Predicate<LedgerRun> order(String name, Token value, IntPredicate passes) {
      boolean number = LedgerRun.parsed(value.text()).isPresent();
      return run -> run.value(name)
          .filter(actual -> LedgerRun.parsed(actual).isPresent() == number)
          .map(actual -> passes.test(compare(actual, value.text())))
          .orElse(false);
    }

    private static int compare(String actual, String value) {
      var left = LedgerRun.parsed(actual);
      var right = LedgerRun.parsed(value);
      return left.isPresent() && right.isPresent()
          ? Double.compare(left.getAsDouble() + 0.0, right.getAsDouble() + 0.0)
          : actual.compareTo(value);
    }

    private static Predicate<LedgerRun> matching(String name, Pattern pattern, boolean whole) {
      return run -> run.value(name)
          .map(pattern::matcher)
          .map(matcher -> whole ? matcher.matches() : matcher.find())
          .orElse(false);
    }

    private Pattern regex(Token value) {
      try {
        return Pattern.compile(value.text());
      } catch (PatternSyntaxException e) {
        throw mistake(value, "not a regular expression: " + e.getDescription());
      }
    }

    private static Pattern like(String text) {
      return Pattern.compile(
          text.codePoints()
              .mapToObj(c -> switch (c) {
                case '%' -> ".*";
                case '_' -> ".";
                default -> Pattern.quote(Character.toString(c));
              })
              .collect(Collectors.joining()),
          Pattern.DOTALL);
    }

    private Token value() {
      var token = take();
      if (token.kind() != Kind.WORD && token.kind() != Kind.QUOTED) {
        throw mistake(token, "expected a value, found " + token.shown());
      }
      return token;
    }

    private Token peek() {
      return tokens.get(next);
    }

    private Token take() {
      var token = tokens.get(next);
      if (token.kind() != Kind.END) {
        next++;
      }
      return token;
    }

    private boolean accept(String word) {
      boolean found = peek().is(word);
      if (found) {
        next++;
      }
      return found;
    }

    private void expect(String symbol) {
      if (!accept(symbol)) {
        throw mistake(peek(), "expected '" + symbol + "', found " + peek().shown());
      }
    }

    private IllegalArgumentException mistake(Token token, String problem) {
      return mistake(token.place(), problem);
    }

    private IllegalArgumentException mistake(int place, String problem) {
      return new IllegalArgumentException(
          "character %d: %s%n  %s%n  %s^".formatted(place + 1, problem, text, " ".repeat(place)));
    }
  }
}
