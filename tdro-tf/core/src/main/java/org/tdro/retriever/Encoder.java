package org.tdro.retriever;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.CallContext;
import org.tdro.keras.LayerScope;
import org.tdro.keras.RowEncoder;
import org.tdro.keras.Variables;
import org.tdro.keras.Weight;
import org.tdro.keras.layers.Dense;
import org.tdro.models.Backbone;
import org.tdro.models.Projection;
import org.tdro.models.lora.Adapters;
import org.tdro.models.lora.LoraAdapters;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** An encoder of tokens: backbone, pooling, projections, truncation and normalisation, one after the other. */
public final class Encoder implements RowEncoder {
  private static final float SMALLEST_NORM = 1e-12f;

  private final RetrieverSpec spec;
  private final Backbone backbone;
  private final List<Dense> projections;
  private final LoraAdapters adapters;
  private final List<Weight> backboneWeights;
  private final List<Weight> trainedWeights;

  /** Adds the weights of a retriever of that shape in {@code scope}. */
  public Encoder(LayerScope scope, RetrieverSpec spec) {
    this(scope, new Variables(scope.variables().graph(), ""), spec);
  }

  /** Adds the weights of a retriever of that shape in {@code scope}; frozen ones that {@code lender} has are shared with it. */
  public Encoder(LayerScope scope, Variables lender, RetrieverSpec spec) {
    this.spec = spec;
    var variables = scope.variables();
    var before = variables.all();
    if (spec.lora().adapts()) {
      adapters = new LoraAdapters(scope, spec.lora());
      backbone = spec.architecture().build(scope.frozenFrom(lender), adapters);
    } else {
      adapters = null;
      backbone = spec.architecture().build(scope, Adapters.NONE);
    }
    var role = adapters == null ? Weight.Role.TRAINED : Weight.Role.FROZEN;
    backboneWeights = added(variables, before, role);
    projections = projections(scope, spec.projections(), backbone.hidden());
    trainedWeights = added(variables, before, Weight.Role.TRAINED);
  }

  private static List<Dense> projections(LayerScope scope, List<Projection> maps, int hidden) {
    var layers = new ArrayList<Dense>();
    int in = hidden;
    for (var map : maps) {
      int index = layers.size();
      layers.add(map.build(scope.under(index == 0 ? "projection" : "projection_" + index), in));
      in = map.size();
    }
    return List.copyOf(layers);
  }

  private static List<Weight> added(Variables variables, List<Weight> before, Weight.Role role) {
    var all = variables.all();
    return all.subList(before.size(), all.size()).stream()
        .filter(weight -> weight.role() == role)
        .toList();
  }

  /** The weights that a published model of this shape has, without those that another encoder lends. */
  public List<Weight> backboneWeights() {
    return backboneWeights;
  }

  /** The backbone's weights, if training leaves them as they are. */
  public List<Weight> frozenWeights() {
    return adapters == null ? List.of() : backboneWeights;
  }

  /** The weights that training moves. */
  public List<Weight> trainedWeights() {
    return trainedWeights;
  }

  /** The shape of the retriever. */
  public RetrieverSpec spec() {
    return spec;
  }

  /** The maps that follow the pooling. */
  public List<Dense> projections() {
    return projections;
  }

  /** The adapted maps of the backbone; empty if it is not adapted. */
  public List<LoraAdapters.Kernel> loraKernels() {
    return adapters == null ? List.of() : adapters.kernels();
  }

  /** Returns the embeddings of {@code rows}: token ids and mask, {@code [texts, length]} each. */
  @Override
  public Operand<TFloat32> call(CallContext context, List<Operand<?>> rows) {
    var ids = rows.get(0).asOutput().expect(TInt32.class);
    return call(context, ids, rows.get(1).asOutput().expect(TInt32.class));
  }

  /**
   * Returns the embeddings of texts.
   *
   * @param ids {@code [texts, length]}
   * @param mask {@code [texts, length]}, 1 at tokens and 0 at padding
   * @return {@code [texts, dimension]}
   */
  public Operand<TFloat32> call(CallContext context, Operand<TInt32> ids, Operand<TInt32> mask) {
    var tf = context.tf();
    var whole = spec.pooling().call(tf, backbone.call(context, ids, mask), mask);
    for (var projection : projections) {
      whole = projection.call(context, whole);
    }
    var embedding = spec.isCut() ? first(tf, whole, spec.dimension()) : whole;
    return spec.normalize() ? normalize(tf, embedding) : embedding;
  }

  /** Returns the first components of each row: {@code [rows, n] -> [rows, dimension]}. */
  public static Operand<TFloat32> first(Ops tf, Operand<TFloat32> rows, int dimension) {
    return tf.slice(rows, tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, dimension}));
  }

  @Override
  public int dimension() {
    return spec.dimension();
  }

  /**
   * Returns each row divided by its length, or by 1e-12 where it is shorter than that. Equal rows have equal results: TensorFlow's
   * {@code rsqrt} gives other bits in the rows at the end that do not fill a vector of the processor.
   */
  public static Operand<TFloat32> normalize(Ops tf, Operand<TFloat32> rows) {
    var squares =
        tf.sum(tf.math.square(rows), tf.constant(-1), org.tensorflow.op.core.Sum.keepDims(true));
    var floor = tf.constant(SMALLEST_NORM * SMALLEST_NORM);
    return tf.math.div(rows, tf.math.sqrt(tf.math.maximum(squares, floor)));
  }
}
