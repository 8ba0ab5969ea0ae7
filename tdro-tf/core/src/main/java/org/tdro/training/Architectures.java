package org.tdro.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tdro.config.ConfigException;
import org.tdro.huggingface.HuggingFaceFolder;
import org.tdro.models.Architecture;
import org.tdro.models.BertArchitecture;
import org.tdro.models.DecoderArchitecture;
import org.tdro.models.Rope;
import org.tdro.models.StaticArchitecture;
import org.tdro.training.config.DecoderConfig;
import org.tdro.training.config.EncoderConfig;
import org.tdro.training.config.ModelConfig;
import org.tdro.training.config.RopeScalingConfig;

/** The shape of the backbone that a configuration describes, by its own keys or by a checkpoint's. */
final class Architectures {
  private Architectures() {}

  /**
   * The shape, for token ids below {@code tokenizerSize}. A checkpoint gives its own shape, which must be that of the keys
   * where they give one; dropout is a matter of training and always the keys'.
   *
   * @throws ConfigException listing the keys that say something else than the checkpoint
   * @throws org.tdro.io.InputException if the checkpoint's shape is not supported
   */
  static Architecture of(ModelConfig model, int tokenizerSize) {
    if (model.path().isEmpty()) {
      return described(model, model.vocabulary() == 0 ? tokenizerSize : model.vocabulary());
    }
    var folder = new HuggingFaceFolder(model.path().get());
    var published = withDropout(folder.architecture(), model);
    if (model.kind() != ModelConfig.Kind.CHECKPOINT) {
      // Compared at the checkpoint's number of ids, which the tokenizer may exceed.
      check(model, described(model, published.vocabulary()), published, folder);
    }
    int asked = Math.max(model.vocabulary(), tokenizerSize);
    return asked > published.vocabulary() ? published.withVocabulary(asked) : published;
  }

  private static Architecture described(ModelConfig model, int vocabulary) {
    var range = (float) model.initializerRange();
    return switch (model.kind()) {
      case STATIC -> new StaticArchitecture(vocabulary, model.hidden(), range);
      case ENCODER -> encoder(model, model.encoder().orElseThrow(), vocabulary);
      case DECODER -> decoder(model, model.decoder().orElseThrow(), vocabulary);
      case CHECKPOINT ->
        throw new IllegalArgumentException("model.kind checkpoint needs model.path");
    };
  }

  private static BertArchitecture encoder(
      ModelConfig model, EncoderConfig encoder, int vocabulary) {
    return new BertArchitecture(
        vocabulary,
        model.hidden(),
        model.layers(),
        model.heads(),
        model.feedForward(),
        model.maxPositions() + encoder.positionPaddingId() + 1,
        encoder.positionPaddingId(),
        encoder.typeVocabulary(),
        (float) model.normEpsilon(),
        (float) model.dropout(),
        (float) model.attentionDropout(),
        (float) model.initializerRange());
  }

  private static DecoderArchitecture decoder(
      ModelConfig model, DecoderConfig decoder, int vocabulary) {
    return new DecoderArchitecture(
        vocabulary,
        model.hidden(),
        model.layers(),
        model.heads(),
        decoder.keyValueHeads(),
        decoder.headSize(),
        model.feedForward(),
        model.maxPositions(),
        new Rope(decoder.ropeTheta(), scaling(decoder.ropeScaling())),
        (float) model.normEpsilon(),
        decoder.attentionBias() != DecoderConfig.AttentionBias.NONE,
        decoder.attentionBias() == DecoderConfig.AttentionBias.ALL,
        false,
        decoder.slidingWindow(),
        decoder.firstWindowLayer(),
        (float) model.attentionDropout(),
        (float) model.initializerRange());
  }

  private static Rope.Scaling scaling(RopeScalingConfig scaling) {
    return scaling.kind() == RopeScalingConfig.Kind.NONE
        ? Rope.Scaling.NONE
        : new Rope.Scaling(
            Rope.Kind.valueOf(scaling.kind().name()),
            scaling.factor(),
            scaling.lowFrequencyFactor(),
            scaling.highFrequencyFactor(),
            scaling.originalPositions());
  }

  private static Architecture withDropout(Architecture published, ModelConfig model) {
    return published.withTraining((float) model.dropout(), (float) model.attentionDropout(), (float)
        model.initializerRange());
  }

  private static void check(
      ModelConfig model, Architecture described, Architecture published, HuggingFaceFolder folder) {
    if (described.equals(published)) {
      return;
    }
    var problems = new ArrayList<String>();
    problems.add(
        "model describes another shape than %s; choose the option of that model, or model=checkpoint, which takes any:"
            .formatted(folder.config()));
    if (described.getClass() != published.getClass()) {
      problems.add("  model.kind is %s here, which the checkpoint is not"
          .formatted(model.kind().name().toLowerCase(Locale.ROOT)));
    } else {
      problems.addAll(differences(described, published));
    }
    throw new ConfigException(problems);
  }

  private static List<String> differences(Architecture described, Architecture published) {
    var differences = new ArrayList<String>();
    for (var component : described.getClass().getRecordComponents()) {
      try {
        var here = component.getAccessor().invoke(described);
        var there = component.getAccessor().invoke(published);
        if (!here.equals(there)) {
          differences.add("  %s: %s here, %s there".formatted(component.getName(), here, there));
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return differences;
  }
}
