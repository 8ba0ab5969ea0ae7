package org.tdro.keras;

import java.util.Map;

/**
 * A callback that remembers something from step to step. {@link Model#save} writes its state with the model's, and a
 * model that is loaded in {@link #onRestore} gives it back, before {@link #onTrainBegin}. A model that is loaded outside
 * of {@code fit} does not change the callbacks of the next one.
 */
public interface StatefulCallback extends Callback {
  /** Returns what must be known to continue; keys and values are free text. */
  Map<String, String> state();

  /** Continues from what {@link #state} returned. */
  void restore(Map<String, String> state);
}
