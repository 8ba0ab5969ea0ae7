package org.tdro.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.tdro.config.Argument.Action;

/** The grammar of arguments, on arguments of every form. */
class ArgumentPropertiesTest {
  private static final Map<Action, String> SIGNS =
      Map.of(Action.SET, "", Action.ADD, "+", Action.FORCE, "++", Action.REMOVE, "~");

  @Provide
  Arbitrary<List<String>> paths() {
    return text().list().ofMinSize(1).ofMaxSize(4);
  }

  /** Strings with all that HOCON, Hydra or a shell could take for something else. */
  @Provide
  Arbitrary<String> text() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withChars("ab.-/ '\"\\,:=#$@{}[]()~+?\n\t\u03b7").ofMaxLength(8),
        Arbitraries.strings().ofMaxLength(5));
  }

  @Provide
  Arbitrary<Object> values() {
    var scalars = Arbitraries.oneOf(
        text().map(Object.class::cast),
        Arbitraries.integers().map(Object.class::cast),
        Arbitraries.integers().map(n -> n + 0.5).map(Object.class::cast),
        Arbitraries.of(true, false).map(Object.class::cast));
    var lists = scalars.list().ofMaxSize(3).map(Object.class::cast);
    var maps = Arbitraries.maps(text(), Arbitraries.oneOf(scalars, lists))
        .ofMaxSize(3)
        .map(Object.class::cast);
    return Arbitraries.oneOf(scalars, lists, maps);
  }

  private static Argument parse(String typed) {
    var problems = new ConfigProblems();
    var argument = Argument.parse(typed, problems);
    assertThat(problems.count()).isZero();
    return argument.orElseThrow();
  }

  private static String hocon(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise());
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void whatIsPrintedIsParsed(
      @ForAll Action action, @ForAll("paths") List<String> path, @ForAll("values") Object value) {
    var expected = ConfigValueFactory.fromAnyRef(value);
    var argument = parse(SIGNS.get(action) + ConfigUtil.joinPath(path) + "=" + hocon(expected));
    assertThat(argument.action()).isEqualTo(action);
    assertThat(argument.path()).isEqualTo(path);
    var parsed = argument.toConfig(new ConfigProblems());
    assertThat(hocon(parsed.getValue(ConfigUtil.joinPath(path)))).isEqualTo(hocon(expected));
    assertThat(argument.sweeps(true)).isFalse();
    assertThat(argument.sweeps(false)).isFalse();
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void anArgumentWithoutAValueRemoves(@ForAll("paths") List<String> path) {
    var argument = parse("~" + ConfigUtil.joinPath(path));
    assertThat(argument.action()).isEqualTo(Action.REMOVE);
    assertThat(argument.path()).isEqualTo(path);
    assertThat(argument.text()).isEmpty();
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void bothKindsOfQuotesKeepAnyText(@ForAll("text") String text) {
    var single = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    assertThat(parse("key=" + single).value().unwrapped()).isEqualTo(text);
    assertThat(parse(ConfigComposer.argument("key", text)).value().unwrapped()).isEqualTo(text);
    assertThat(parse("key=[" + single + "]").value().unwrapped()).isEqualTo(List.of(text));
  }

  /** Letters, digits and what file names have are taken as they are. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void textNeedsNoQuotes(@ForAll("words") String text) {
    assertThat(String.valueOf(parse("key=" + text).value().unwrapped())).isEqualTo(text);
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.strings()
        .withChars("abcxyz/_:=-,;#@?! ~+()")
        .ofMinLength(1)
        .ofMaxLength(12)
        .map(text -> "a" + text + "z");
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void severalValuesSweep(@ForAll("values") Object first, @ForAll("values") Object second) {
    var values = List.of(first, second).stream()
        .map(value -> hocon(ConfigValueFactory.fromAnyRef(value)))
        .toList();
    assertThat(parse("key=" + String.join(",", values)).sweeps(false)).isTrue();
    for (var function : List.of("choice", "range", "interval")) {
      var call = values.stream().collect(Collectors.joining(", ", function + "(", ")"));
      assertThat(parse("key=" + call).sweeps(true)).isTrue();
    }
    assertThat(parse("key=" + values.get(0)).sweeps(false)).isFalse();
  }

  @Example
  void commasInTextWithoutQuotesSweepOnlyWhereTheyCannotBeMeant() {
    assertThat(parse("output=runs/a,b").sweeps(true)).isFalse();
    assertThat(parse("seed=1,2").sweeps(false)).isTrue();
    assertThat(parse("~seed=1,2").sweeps(false)).isFalse();
  }

  @Example
  void nothingElseIsAnArgument() {
    for (var typed : List.of("", "=", "key", "+key", "++key", "~", "~=1", "=1", "+=1", "a..b=1")) {
      var problems = new ConfigProblems();
      assertThat(Argument.parse(typed, problems)).as(typed).isEmpty();
      assertThat(problems.count()).as(typed).isEqualTo(1);
    }
  }

  /** A key that is no path of the given parts, but whose parts are set one after the other in the order of a map. */
  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void laterArgumentsWin(
      @ForAll("paths") List<String> path,
      @ForAll("values") Object first,
      @ForAll("values") Object last) {
    var key = ConfigUtil.joinPath(path);
    var problems = new ConfigProblems();
    var one = parse(key + "=" + hocon(ConfigValueFactory.fromAnyRef(first))).toConfig(problems);
    var two = parse(key + "=" + hocon(ConfigValueFactory.fromAnyRef(last))).toConfig(problems);
    var expected = new LinkedHashMap<String, Object>();
    if (first instanceof Map<?, ?> before && last instanceof Map<?, ?> after) {
      before.forEach((name, value) -> expected.put((String) name, value));
      after.forEach((name, value) -> expected.put((String) name, value));
    }
    var result = two.withFallback(one).getValue(key);
    assertThat(hocon(result))
        .isEqualTo(hocon(ConfigValueFactory.fromAnyRef(expected.isEmpty() ? last : expected)));
  }
}
