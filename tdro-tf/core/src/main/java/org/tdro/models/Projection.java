package org.tdro.models;

import java.util.Locale;
import org.tdro.io.Checks;
import org.tdro.keras.Initializer;
import org.tdro.keras.LayerScope;
import org.tdro.keras.layers.Activation;
import org.tdro.keras.layers.Dense;

/**
 * A linear map of a pooled state, and a function of each component of its result.
 *
 * @param size components of the result
 * @param bias whether a vector is added before the function
 */
public record Projection(int size, boolean bias, Function function) {

  /** The functions of a component. */
  public enum Function {
    /** x. */
    IDENTITY,
    /** The hyperbolic tangent. */
    TANH,
    /** max(0, x). */
    RELU,
    /** x·Φ(x) by the error function. */
    GELU,
    /** x·σ(x). */
    SILU,
    /** 1 / (1 + exp(−x)). */
    SIGMOID,
    /** log(1 + exp(x)). */
    SOFTPLUS,
    /** x / (1 + |x|). */
    SOFTSIGN,
    /** x, or exp(x) − 1 below 0. */
    ELU,
    /** The scaled ELU. */
    SELU;

    private Activation layer() {
      return switch (this) {
        case IDENTITY -> Activation.LINEAR;
        case TANH -> Activation.TANH;
        case RELU -> Activation.RELU;
        case GELU -> Activation.GELU;
        case SILU -> Activation.SILU;
        case SIGMOID -> Activation.SIGMOID;
        case SOFTPLUS -> Activation.SOFTPLUS;
        case SOFTSIGN -> Activation.SOFTSIGN;
        case ELU -> Activation.ELU;
        case SELU -> Activation.SELU;
      };
    }
  }

  public Projection {
    new Checks().atLeast(1, "size", size).done();
  }

  /** Returns a map without bias and function. */
  public static Projection linear(int size) {
    return new Projection(size, false, Function.IDENTITY);
  }

  /** Returns the layer of this map, whose weights are added in {@code scope}: {@code [rows, in] -> [rows, size]}. */
  public Dense build(LayerScope scope, int in) {
    return new Dense(scope, in, size, Initializer.glorotUniform(), bias)
        .activation(function.layer());
  }

  /** Returns a text such as {@code 24 with a bias and tanh}. */
  @Override
  public String toString() {
    return size
        + (bias ? " with a bias" : "")
        + (function == Function.IDENTITY ? "" : " and " + function.name().toLowerCase(Locale.ROOT));
  }
}
