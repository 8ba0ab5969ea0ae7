package org.tdro.keras.callbacks;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tdro.keras.Callback;
import org.tdro.keras.LogKey;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;

/** Ends training with a {@link NotFiniteException} when a log is NaN or infinite; that step is not saved. */
public final class TerminateOnNaN implements Callback {
  private final List<String> logs;
  private Optional<LogKey<float[]>> parts = Optional.empty();

  /** Watches the log {@code loss}. */
  public TerminateOnNaN() {
    this(Logs.LOSS.name());
  }

  /** Watches these scalar logs, as far as a step has them. */
  public TerminateOnNaN(String... logs) {
    this.logs = List.of(logs);
  }

  /**
   * Watches a vector too, such as the losses of parts of a batch: {@link NotFiniteException#elements} are from there. The means of parts
   * without rows are not watched.
   */
  public TerminateOnNaN locatedBy(LogKey<float[]> parts) {
    this.parts = Optional.of(parts);
    return this;
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    var elements = parts.map(key -> notFinite(key, logs)).orElseGet(() -> new int[0]);
    for (var log : this.logs) {
      var value = logs.scalars().get(log);
      if (value != null && (!Double.isFinite(value) || elements.length > 0)) {
        throw new NotFiniteException(step, log, value, elements);
      }
    }
  }

  private static int[] notFinite(LogKey<float[]> key, Logs logs) {
    var vector = logs.find(key).orElseGet(() -> new float[0]);
    var counts = key.counts().flatMap(logs::find);
    return IntStream.range(0, vector.length)
        .filter(i -> !Float.isFinite(vector[i]) && (counts.isEmpty() || counts.get()[i] > 0))
        .toArray();
  }
}
