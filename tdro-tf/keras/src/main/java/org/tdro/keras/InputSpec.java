package org.tdro.keras;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TType;

/**
 * One input of a model.
 *
 * @param shape dimensions that vary are unknown (-1); the first is the batch
 */
public record InputSpec(String name, Class<? extends TType> type, Shape shape) {}
