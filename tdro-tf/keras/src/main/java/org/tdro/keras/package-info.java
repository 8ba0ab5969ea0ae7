/**
 * A Keras-style training layer over TensorFlow Java's graphs: variables with names, layers, a model with compile, fit,
 * evaluate, predict, save and load, and a gradient tape. It knows nothing of retrieval and may be used alone.
 *
 * <p>TensorFlow Java runs graphs, so a step is described once and run many times: {@link org.tdro.keras.Model#trainStep}
 * is called when the model is first trained, with symbolic inputs, as in a traced {@code tf.function}.
 */
package org.tdro.keras;
