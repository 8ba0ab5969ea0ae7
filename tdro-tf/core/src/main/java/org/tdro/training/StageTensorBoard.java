package org.tdro.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tdro.config.ResolvedConfig;
import org.tdro.io.Json;
import org.tdro.keras.callbacks.TensorBoard;
import org.tdro.mixing.MixtureLearner;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.runs.RunFolder;
import org.tdro.training.config.RunConfig;

/**
 * What a stage shows in TensorBoard. Where the published tDRO code logs the same value, the tag is that code's: {@code train/loss},
 * {@code α.val/DOMAIN}, {@code logα.grad_ori/DOMAIN}, {@code lm_loss_per_group/DOMAIN}, {@code ref_loss_per_group/DOMAIN}.
 */
record StageTensorBoard(ResolvedConfig<RunConfig> resolved, List<String> domains) {

  /** Returns the callback that writes into the run's folder. */
  TensorBoard callback(RunFolder run) {
    return new TensorBoard(run.tensorboard())
        .everySteps(resolved.config().train().logEvery())
        .naming(name -> name.startsWith(DevelopmentEvaluation.PREFIX) ? name : "train/" + name)
        .vector(MixtureLearner.WEIGHT, "α.val", domains)
        .vector(MixtureLearner.MEASURE, "logα.grad_ori", domains)
        .vector(ContrastiveModel.DOMAIN_LOSS, "lm_loss_per_group", domains)
        .vector(ContrastiveModel.DOMAIN_REFERENCE_LOSS, "ref_loss_per_group", domains)
        .histogram(MixtureLearner.WEIGHT, "α.val")
        .text("config", "    " + resolved.render().strip().replace("\n", "\n    "))
        .hyperparameters(settings());
  }

  /** Returns numbers, booleans and all else as text, by the keys of the configuration. */
  private Map<String, Object> settings() {
    var settings = new LinkedHashMap<String, Object>();
    collect("", Json.object(resolved.renderJson(), "configuration").path("config"), settings);
    return settings;
  }

  private static void collect(String key, JsonNode node, Map<String, Object> settings) {
    if (node.isObject()) {
      node.properties()
          .forEach(field -> collect(
              key.isEmpty() ? field.getKey() : key + "." + field.getKey(),
              field.getValue(),
              settings));
    } else {
      settings.put(
          key,
          node.isNumber()
              ? (Object) node.doubleValue()
              : node.isBoolean()
                  ? (Object) node.booleanValue()
                  : node.isTextual() ? node.textValue() : node.toString());
    }
  }
}
