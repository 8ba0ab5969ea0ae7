package org.tdro.keras;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.io.FileException;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * Writes weights to a folder and reads them back, in TensorFlow's own checkpoint format under the names of the weights,
 * with {@code weights.tsv} (name, tab, shape) beside it, by which a checkpoint that does not fit is refused before anything is read.
 */
public final class Checkpoint {
  private static final String LISTING = "weights.tsv";
  private static final String DATA = "variables";

  private final Ops tf;
  private final Session session;
  private final List<Weight> weights;
  private final Placeholder<TString> prefix;
  private final Op save;
  private final List<List<Op>> restore = new ArrayList<>();
  private final Map<String, Operand<TBool>> finite = new LinkedHashMap<>();
  private final List<Sum> sums = new ArrayList<>();
  private Placeholder<TFloat32> factor;

  /** The operations that set some of the weights to a multiple of those of a folder, and that add it to them. */
  private record Sum(List<Op> assign, List<Op> add) {}

  /** Adds the operations that save and restore {@code weights} to the graph of {@code tf}. */
  public Checkpoint(Ops tf, Session session, List<Weight> weights) {
    this.tf = tf.withSubScope("checkpoint");
    this.session = session;
    this.weights = List.copyOf(weights);
    var scope = this.tf;
    prefix = scope.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    List<Operand<?>> values = new ArrayList<>();
    weights.forEach(weight -> values.add(weight.value()));
    save = scope.train.save(prefix, names(scope, weights), whole(scope, weights), values);
    Variables.parts(weights).forEach(part -> restore.add(restore(scope, part)));
    for (var weight : weights) {
      if (weight.trainable()) {
        var elements =
            scope.reshape(scope.math.isFinite(weight.value()), scope.constant(new int[] {-1}));
        finite.put(weight.name(), scope.reduceAll(elements, scope.constant(0)));
      }
    }
  }

  private static Operand<TString> names(Ops tf, List<Weight> weights) {
    return tf.constant(
        StdArrays.ndCopyOf(weights.stream().map(Weight::name).toArray(String[]::new)));
  }

  /** Returns empty slice specs: every tensor is saved and restored whole. */
  private static Operand<TString> whole(Ops tf, List<Weight> weights) {
    return tf.fill(tf.constant(new long[] {weights.size()}), tf.constant(""));
  }

  private List<Op> restore(Ops tf, List<Weight> part) {
    var restored = restored(tf, part);
    var assignments = new ArrayList<Op>();
    for (int i = 0; i < part.size(); i++) {
      assignments.add(part.get(i).assign(tf, restored.get(i).asOutput().expect(TFloat32.class)));
    }
    return assignments;
  }

  private List<Output<?>> restored(Ops tf, List<Weight> part) {
    var types = part.stream().map(weight -> TFloat32.class).toList();
    return tf.train
        .restore(prefix, names(tf, part), whole(tf, part), List.copyOf(types))
        .tensors();
  }

  /** Whether {@code name} is that of a file of a checkpoint. */
  static boolean isFile(String name) {
    return name.equals(LISTING) || name.startsWith(DATA + ".");
  }

  List<Weight> weights() {
    return weights;
  }

  /**
   * Writes the weights into {@code folder}, which must exist.
   *
   * @throws IllegalStateException naming a trainable weight that is not finite; nothing is written then
   * @throws UncheckedIOException if the folder cannot be written, as on a full disk
   */
  public void save(Path folder) {
    requireFinite();
    try {
      run(folder, List.of(save));
    } catch (TensorFlowException e) {
      // The first line says what the disk said; the others are about the graph.
      var cause = new IOException(e.getMessage().lines().findFirst().orElse(""));
      cause.addSuppressed(e);
      throw FileException.writing(folder, cause);
    }
    var lines = weights.stream()
        .map(weight -> weight.name() + "\t" + shapeText(weight.shape()))
        .toList();
    try {
      Files.write(folder.resolve(LISTING), lines);
    } catch (IOException e) {
      throw FileException.writing(folder.resolve(LISTING), e);
    }
  }

  /**
   * Reads the weights from {@code folder}; weights that only the folder has are left alone.
   *
   * @throws IllegalArgumentException listing every weight that is missing there or has another shape
   */
  public void restore(Path folder) {
    checkFits(folder);
    restore.forEach(part -> run(folder, part));
  }

  /**
   * Sets the weights to the weighted sum of those in some folders, added in their order. Only a part of the weights of one folder is in
   * memory besides them.
   *
   * @param shares factors of the folders; those of factor 0 are not read
   * @throws IllegalArgumentException listing every weight that is missing in a folder or has another shape there
   */
  public void restoreSum(List<Path> folders, double[] shares) {
    if (sums.isEmpty()) {
      var scope = tf.withSubScope("sum");
      factor = scope.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      Variables.parts(weights).forEach(part -> sums.add(sum(scope, part)));
    }
    boolean first = true;
    for (int i = 0; i < shares.length; i++) {
      if (shares[i] != 0) {
        checkFits(folders.get(i));
        try (var share = TFloat32.scalarOf((float) shares[i])) {
          for (var part : sums) {
            run(folders.get(i), first ? part.assign() : part.add(), Map.of(factor, share));
          }
        }
        first = false;
      }
    }
  }

  private Sum sum(Ops tf, List<Weight> part) {
    var restored = restored(tf, part);
    var sum = new Sum(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < part.size(); i++) {
      var value = tf.math.mul(restored.get(i).asOutput().expect(TFloat32.class), factor);
      sum.assign().add(part.get(i).assign(tf, value));
      sum.add().add(part.get(i).assignAdd(tf, value));
    }
    return sum;
  }

  private void checkFits(Path folder) {
    var stored = listing(folder);
    var problems = new ArrayList<String>();
    for (var weight : weights) {
      var shape = stored.get(weight.name());
      if (shape == null) {
        problems.add(weight.name() + " is missing");
      } else if (!shape.equals(shapeText(weight.shape()))) {
        problems.add(weight.name() + " is " + shape + " there, but the model's is "
            + shapeText(weight.shape()));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "checkpoint " + folder + " does not fit the model:\n  " + String.join("\n  ", problems));
    }
  }

  private void requireFinite() {
    var runner = session.runner();
    finite.values().forEach(runner::fetch);
    if (finite.isEmpty()) {
      return;
    }
    try (var results = runner.run()) {
      int i = 0;
      for (var name : finite.keySet()) {
        if (!((TBool) results.get(i++)).getBoolean()) {
          throw new IllegalStateException(
              "not saved: weight " + name + " holds values that are not finite");
        }
      }
    }
  }

  private void run(Path folder, List<Op> targets) {
    run(folder, targets, Map.of());
  }

  private void run(Path folder, List<Op> targets, Map<Operand<?>, ? extends Tensor> feeds) {
    try (var path = TString.tensorOf(
        NdArrays.scalarOfObject(folder.resolve(DATA).toAbsolutePath().toString()))) {
      var runner = session.runner().feed(prefix, path);
      feeds.forEach(runner::feed);
      targets.forEach(runner::addTarget);
      runner.run().close();
    }
  }

  private static Map<String, String> listing(Path folder) {
    try {
      var stored = new LinkedHashMap<String, String>();
      for (var line : Files.readAllLines(folder.resolve(LISTING))) {
        int tab = line.indexOf('\t');
        stored.put(line.substring(0, tab), line.substring(tab + 1));
      }
      return stored;
    } catch (IOException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          folder + " is not a checkpoint: cannot read " + LISTING + " there", e);
    }
  }

  private static String shapeText(Shape shape) {
    return Arrays.toString(shape.asArray());
  }
}
