package org.tdro.keras;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tensorflow.Operand;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A layer with a name, from which its initial weights and random numbers follow. It creates its weights when it is first
 * called, from the static shape of the input, under an automatic name such as {@code dense_1}; {@link #named} gives it
 * another, and {@link #build} creates the weights at once. A layer belongs to one model.
 */
public abstract class NamedLayer<T extends TType> implements Layer<T> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.][A-Za-z0-9_.\\-/]*");

  private final String kind;
  private String givenName;
  private boolean trainable = true;
  private LayerScope scope;

  /** @param kind the automatic name without its number, such as {@code dense} */
  protected NamedLayer(String kind) {
    this.kind = kind;
  }

  /** Names the layer, before it is built. */
  public NamedLayer<T> named(String name) {
    if (scope != null) {
      throw new IllegalStateException("the layer " + scope.path() + " is built already");
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of a layer must be of letters, digits, _, ., - and /, was \"" + name + "\"");
    }
    givenName = name;
    return this;
  }

  /**
   * Freezes the layer, with all layers inside it, or has it trained again: what {@link Model#fit} moves after the next {@link
   * Model#compile}. By default, layers are trained.
   */
  public NamedLayer<T> trainable(boolean trained) {
    trainable = trained;
    if (scope != null) {
      scope.variables().trainable(scope.path(), trained);
    }
    return this;
  }

  /** Whether training changes the layer: neither it nor a layer around it is frozen. */
  public final boolean isTrainable() {
    return scope == null ? trainable : scope.variables().isTrainable(scope.path());
  }

  /**
   * Creates the weights.
   *
   * @param where the weights are added; its path becomes the layer's
   * @param input static shape of the inputs; unknown sizes are -1
   * @throws IllegalArgumentException if the shape does not fit the layer
   */
  public final void build(LayerScope where, Shape input) {
    if (scope != null) {
      throw new IllegalStateException("the layer " + scope.path() + " is built already");
    }
    scope = where;
    create(where, input);
    if (!trainable) {
      where.variables().trainable(where.path(), false);
    }
  }

  /** Whether the weights exist. */
  public final boolean isBuilt() {
    return scope != null;
  }

  /** The path of the layer's weights. */
  public final String path() {
    if (scope == null) {
      throw new IllegalStateException(
          "the layer " + (givenName == null ? kind : givenName) + " is not built yet");
    }
    return scope.path();
  }

  /** Creates the weights; by default, there are none. */
  protected void create(LayerScope where, Shape input) {}

  /** Returns the output for {@code x}; the weights exist. */
  protected abstract Operand<TFloat32> forward(CallContext context, Operand<T> x);

  @Override
  public final Operand<TFloat32> call(CallContext context, Operand<T> x) {
    if (scope == null) {
      // May call this layer, and so build it.
      context.scope(givenName == null ? kind : givenName).prepareNames();
    }
    if (scope == null) {
      var parent = context.scope(kind);
      build(givenName == null ? parent.unique(kind) : parent.under(givenName), x.shape());
    } else if (scope.variables().graph() != context.tf().scope().env()) {
      throw new IllegalStateException("the layer " + scope.path() + " belongs to another model");
    }
    try {
      return forward(context, x);
    } catch (IllegalArgumentException | TensorFlowException e) {
      throw refused("the layer " + scope.path(), List.of(x), e);
    }
  }

  /** Returns why {@code layer} did not take {@code inputs}; a layer inside it has said so already, if it was that one. */
  static IllegalArgumentException refused(
      String layer, List<? extends Operand<?>> inputs, RuntimeException cause) {
    if (cause instanceof IllegalArgumentException named
        && String.valueOf(named.getMessage()).startsWith("the layer ")) {
      return named;
    }
    var given = inputs.stream()
        .map(input -> InputSpec.words(input.type()) + " " + input.shape())
        .collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        layer + " does not take " + given + ": " + cause.getMessage(), cause);
  }
}
