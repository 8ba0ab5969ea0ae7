package org.tdro.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The logs of every epoch, as {@code fit} returns them. */
public final class History {
  private final List<Logs> epochs = new ArrayList<>();

  void add(Logs logs) {
    epochs.add(logs);
  }

  /** The logs of each epoch that was trained, in order. */
  public List<Logs> epochs() {
    return List.copyOf(epochs);
  }

  /** Each scalar's values over the epochs, as Keras' {@code history.history}. */
  public Map<String, List<Double>> scalars() {
    var result = new LinkedHashMap<String, List<Double>>();
    for (var logs : epochs) {
      logs.scalars()
          .forEach((name, value) ->
              result.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
    }
    return result;
  }

  /**
   * The values of one scalar over the epochs; none where no epoch was trained.
   *
   * @throws IllegalArgumentException naming the scalars that there are, if this is none of them
   */
  public List<Double> get(String name) {
    var scalars = scalars();
    var values = scalars.get(name);
    if (values == null && !epochs.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no log " + name + "; there are " + scalars.keySet());
    }
    return values == null ? List.of() : values;
  }

  @Override
  public String toString() {
    return scalars().toString();
  }
}
