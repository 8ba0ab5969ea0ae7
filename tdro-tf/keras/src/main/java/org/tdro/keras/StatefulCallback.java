package org.tdro.keras;

import java.util.Map;

/**
 * A callback that remembers something from step to step. {@link Model#save} writes its state with the model's, and a
 * model that is loaded in {@link #onRestore} gives it back, before {@link #onTrainBegin}. A model that is loaded outside
 * of {@code fit} leaves the callbacks of the next one as they are made.
 */
public interface StatefulCallback extends Callback {
  /** What must be known to go on; keys and values are free text. */
  Map<String, String> state();

  /** Goes on from what {@link #state} returned. */
  void restore(Map<String, String> state);
}
