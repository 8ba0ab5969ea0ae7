package org.tdro.keras;

import java.util.List;

/** A model that is one layer after the other. */
public final class Sequential extends FunctionalModel {
  private final List<Layer<?>> layers;

  private Sequential(long seed, Input input, List<Layer<?>> layers, SymbolicTensor output) {
    super(seed, List.of(input), output);
    this.layers = layers;
  }

  /** Returns a model whose initial weights and dropout follow from the seed 0. */
  public static Sequential of(Input input, Layer<?>... layers) {
    return of(0, input, layers);
  }

  /**
   * Returns a model of {@code layers} in that order.
   *
   * @param seed of initial weights and dropout
   */
  public static Sequential of(long seed, Input input, Layer<?>... layers) {
    SymbolicTensor output = input;
    for (var layer : layers) {
      output = output.then(layer);
    }
    return new Sequential(seed, input, List.of(layers), output);
  }

  /** The layers in order. */
  public List<Layer<?>> layers() {
    return layers;
  }
}
