package org.tdro.training;

import java.util.ArrayList;
import java.util.List;
import org.tdro.keras.Callback;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.retriever.ContrastiveModel;

/** Callback that ends training at the first loss that is not a finite number and names the domains it came from. */
final class FiniteLosses implements Callback {
  private final List<String> domains;

  FiniteLosses(List<String> domains) {
    this.domains = domains;
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    var culprits = new ArrayList<String>();
    var losses = logs.get(ContrastiveModel.DOMAIN_LOSS);
    for (int domain = 0; domain < losses.length; domain++) {
      if (!Float.isFinite(losses[domain])) {
        culprits.add(domains.get(domain));
      }
    }
    if (!culprits.isEmpty() || !Double.isFinite(logs.get(Logs.LOSS))) {
      throw new ArithmeticException(
          "the loss of step %d is %s%s; the last checkpoint before it stands. Try a lower train.learning-rate, a higher loss.temperature or train.max-grad-norm=1"
              .formatted(
                  step,
                  logs.get(Logs.LOSS),
                  culprits.isEmpty() ? "" : ", from domain " + String.join(", ", culprits)));
    }
  }
}
