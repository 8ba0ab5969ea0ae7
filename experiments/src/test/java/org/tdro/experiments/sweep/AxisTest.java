package org.tdro.experiments.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tdro.config.ArgumentText;

class AxisTest {
  private static List<String> values(String argument) {
    return ((Axis.Listed) Axis.parse(argument).orElseThrow().values()).all();
  }

  private static double draw(String argument, long bits) {
    return Double.parseDouble(Axis.parse(argument).orElseThrow().values().draw(bits));
  }

  /** As Hydra's documentation of its override grammar has them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "seed=1,2,3 | 1;2;3",
        "model=static, mini | static;mini",
        "+a.b=1,2 | 1;2",
        "++a.b=1,2 | 1;2",
        "a=[1,2],[3] | [1,2];[3]",
        "a={x:1,y:2},{x:3} | {x:1,y:2};{x:3}",
        "a=\"x,y\",z | \"x,y\";z",
        "a='x,y','z' | 'x,y';'z'",
        "a=\"say \\\"a,b\\\"\",c | \"say \\\"a,b\\\"\";c",
        "a=it's,that's | it's;that's",
        "a=null,true,1e-3 | null;true;1e-3",
        "a=choice(1,2) | 1;2",
        "a=choice([1,2],b) | [1,2];b",
        "a=choice(1) | 1",
        "seed=range(1,6) | 1;2;3;4;5",
        "seed=range(3) | 0;1;2",
        "seed=range(1,10,4) | 1;5;9",
        "seed=range(start=1,stop=4,step=2) | 1;3",
        "a=range(0,1,0.25) | 0;0.25;0.50;0.75",
        "a=range(0.1,0.4,0.1) | 0.1;0.2;0.3",
        "seed=range(3,0,-1) | 3;2;1",
      })
  void valuesAreSplitAsHydraSplitsThem(String argument, String expected) {
    assertThat(values(argument)).containsExactly(expected.split(";"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed=1",
        "a=",
        "a=[1,2,3]",
        "a={x:1,y:2}",
        "a=\"x,y\"",
        "a='x,y'",
        "~a=1,2",
        "~a",
        "data=folder (1, old)",
        "stages.dro.train.steps=500"
      })
  void oneValueIsNotSwept(String argument) {
    assertThat(Axis.parse(argument)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "a=1,,2 | there is an empty value",
        "a=1, | there is an empty value",
        "a=1,1 | 1 is there twice",
        "a=[1,2 | a ] is missing",
        "a=1,2] | a ] is not opened",
        "a=\"x,y | a \" is missing",
        "a=choice() | choice() needs at least one value",
        "a=1,range(1,3) | range(1,3) cannot be one of several values",
        "a=glob(*) | glob() is not supported",
        "a=sort(1,2) | sort() is not supported",
        "a=range(3,1) | range(3,1) has no values",
        "a=range(1,3,0) | the step of range() must not be 0",
        "a=range(1,x) | the stop of range() must be a number, was x",
        "a=range(1e9) | range() has more than 100000 values",
        "a=interval(1) | interval() must be interval(START, END)",
        "a=interval(2,1) | the start of interval() must be below its end",
        "a=tag(log, interval(0,1)) | the start of a log interval() must be above 0",
        "a=interval(1,1e400) | the end of interval() must be from 1e-323 to 1e308 in size, was 1e400",
        "a=tag(log, interval(1e-400,1)) | the start of interval() must be from 1e-323 to 1e308 in size",
        "a=interval(-1e308,1e308) | the start and end of interval() are too far apart",
        "a=interval(1,1.00000000000000000001) | the start and end of interval() are too close together",
        "a=interval(0,9223372036854775808) | whole numbers of interval() must be from -9007199254740992 to 9007199254740992",
        "a=range(1e999999999,2e999999999) | the start of range() must be from 1e-323 to 1e308 in size",
        "a=tag(x, interval(0,1)) | tag() must be tag(log, interval(START, END))",
      })
  void mistakesAreNamed(String argument, String message) {
    assertThatThrownBy(() -> Axis.parse(argument))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void intervalsAreDrawnWithinTheirEnds() {
    var random = new SplittableRandom(3);
    for (int i = 0; i < 1000; i++) {
      long bits = random.nextLong();
      assertThat(draw("a=interval(0.5,2)", bits)).isBetween(0.5, 2.0);
      assertThat(draw("a=tag(log, interval(1e-4,1e-1))", bits)).isBetween(1e-4, 1e-1);
      assertThat(draw("a=interval(1,3)", bits)).isIn(1.0, 2.0, 3.0);
    }
    assertThat(draw("a=interval(1,3)", -1)).isEqualTo(3);
    assertThat(draw("a=interval(1,3)", 0)).isEqualTo(1);
  }

  @Test
  void halfOfALogIntervalIsBelowItsGeometricMean() {
    var random = new SplittableRandom(4);
    long below = IntStream.range(0, 1000)
        .filter(i -> draw("a=tag(log, interval(0.0001,1))", random.nextLong()) < 0.01)
        .count();
    assertThat(below).isBetween(440L, 560L);
  }

  /** Whatever the values hold, joining them with commas and splitting again gives them back. */
  @Test
  void splittingUndoesJoining() {
    var random = new SplittableRandom(5);
    for (int i = 0; i < 2000; i++) {
      var values = new ArrayList<String>();
      for (int count = random.nextInt(1, 5); count > 0; count--) {
        values.add(value(random, 3));
      }
      assertThat(ArgumentText.split(String.join(",", values))).isEqualTo(values);
    }
  }

  private static String value(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 3)) {
      case 0 -> "w" + random.nextInt(100);
      case 1 -> "\"a,[{\\\"('" + random.nextInt(10) + "\"";
      case 2 -> "'b,)]\"" + random.nextInt(10) + "'";
      case 3 -> "[" + value(random, depth - 1) + "," + value(random, depth - 1) + "]";
      case 4 -> "{k:" + value(random, depth - 1) + ", l: 1}";
      default -> "f(" + value(random, depth - 1) + ", x)";
    };
  }
}
