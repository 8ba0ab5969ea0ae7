package org.tdro.export.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssertThat;
import org.tensorflow.op.strings.Substr;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** The prompts of texts of a kind as operations of a graph. */
public final class GraphPrompts {
  /** The part of an unknown name that an error shows, in characters. */
  private static final int SHOWN = 100;

  private final Prompts prompts;
  private final TextKind kind;

  /** Creates them. */
  public GraphPrompts(Prompts prompts, TextKind kind) {
    this.prompts = prompts;
    this.kind = kind;
  }

  /** Returns whether texts of the kind have prompts of tasks. */
  public boolean areNamed() {
    return !prompts.names(kind).isEmpty();
  }

  /**
   * Puts the prompt of all texts around texts.
   *
   * @param texts {@code [batch]}
   * @return {@code [batch]}
   */
  public Operand<TString> around(Ops tf, Operand<TString> texts) {
    var prompt = prompts.of(kind, Prompts.EVERY_TASK);
    return prompt.equals(PromptTemplate.IDENTITY)
        ? texts
        : tf.strings.join(
            List.of(tf.constant(prompt.beforeText()), texts, tf.constant(prompt.afterText())));
  }

  /**
   * Puts the prompt of a name around each text. A run of the graph fails, as for a wrong argument, if there is no prompt of a name.
   *
   * @param texts {@code [batch]}
   * @param names {@code [batch]}; an empty one is that of the prompt of all texts
   * @return {@code [batch]}
   */
  public Operand<TString> around(Ops tf, Operand<TString> texts, Operand<TString> names) {
    var known = new ArrayList<>(List.of(Prompts.EVERY_TASK));
    known.addAll(prompts.names(kind));
    var one = tf.constant(1);
    var isName = tf.math.equal(tf.expandDims(names, one), strings(tf, known.stream()));
    var isKnown = tf.reduceAny(isName, one);
    var checked = tf.withControlDependencies(List.of(requireAll(tf, isKnown, names)));
    var found = checked.math.argMax(tf.dtypes.cast(isName, TInt32.class), one, TInt32.class);
    // Some runtimes strip assertions; a place beyond the last one fails there, too.
    var places = tf.select(isKnown, found, tf.fill(tf.shape(found), tf.constant(known.size())));
    return tf.strings.join(List.of(
        tf.gather(parts(tf, known, PromptTemplate::beforeText), places, tf.constant(0)),
        texts,
        tf.gather(parts(tf, known, PromptTemplate::afterText), places, tf.constant(0))));
  }

  private Operand<TString> parts(
      Ops tf, List<String> names, Function<PromptTemplate, String> part) {
    return strings(tf, names.stream().map(name -> part.apply(prompts.of(kind, name))));
  }

  private static Operand<TString> strings(Ops tf, Stream<String> values) {
    return tf.constant(NdArrays.vectorOfObjects(values.toArray(String[]::new)));
  }

  private AssertThat requireAll(Ops tf, Operand<TBool> isKnown, Operand<TString> names) {
    var zero = tf.constant(0);
    var isUnknown = tf.dtypes.cast(tf.math.logicalNot(isKnown), TInt32.class);
    // One more than there are, so that there is one in an empty batch.
    var first = tf.math.argMax(
        tf.concat(List.of(isUnknown, tf.constant(new int[] {0})), zero), zero, TInt32.class);
    var name = tf.gather(
        tf.concat(List.of(names, strings(tf, Stream.of(Prompts.EVERY_TASK))), zero), first, zero);
    var message = tf.strings.join(List.of(
        tf.constant("there is no prompt "),
        tf.strings.substr(name, zero, tf.constant(SHOWN), Substr.unit("UTF8_CHAR")),
        tf.constant(" of %s; there are %s".formatted(kind.plural(), prompts.names(kind)))));
    return tf.assertThat(tf.reduceAll(isKnown, zero), List.of(message));
  }
}
