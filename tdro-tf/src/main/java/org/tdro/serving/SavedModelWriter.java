package org.tdro.serving;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tdro.retrieval.EncoderModel;
import org.tdro.retrieval.RetrieverSettings;
import org.tdro.retrieval.StoredRetriever;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TIntegral;

/** Writes a retriever's weights and an inference graph of its own, without anything of training, as a SavedModel. */
final class SavedModelWriter {
  static final String INPUT_IDS = "input_ids";
  static final String ATTENTION_MASK = "attention_mask";
  static final String EMBEDDING = "embedding";
  static final List<String> SIGNATURES = List.of("encode_query", "encode_passage");
  private static final String PREDICT_METHOD = "tensorflow/serving/predict";

  private SavedModelWriter() {}

  static void write(
      StoredRetriever retriever, RetrieverSettings settings, IdType idType, Path folder)
      throws IOException {
    try (var model = new EncoderModel(settings.spec(), 0)) {
      model.load(retriever);
      var ids = placeholder(model, INPUT_IDS, type(idType));
      var mask = placeholder(model, ATTENTION_MASK, type(idType));
      var tf = model.tf();
      var embedding =
          model.embed(tf, tf.dtypes.cast(ids, TInt32.class), tf.dtypes.cast(mask, TInt32.class));
      var output = tf.withName(EMBEDDING).identity(embedding);
      var exporter = SavedModelBundle.exporter(folder.toString())
          .withTags("serve")
          .withSession(model.session());
      for (var key : SIGNATURES) {
        exporter.withSignature(Signature.builder()
            .key(key)
            .methodName(PREDICT_METHOD)
            .input(INPUT_IDS, ids)
            .input(ATTENTION_MASK, mask)
            .output(EMBEDDING, output)
            .build());
      }
      exporter.export();
    }
  }

  private static Class<? extends TIntegral> type(IdType idType) {
    return idType == IdType.INT32 ? TInt32.class : TInt64.class;
  }

  private static <T extends TIntegral> Operand<T> placeholder(
      EncoderModel model, String name, Class<T> type) {
    return model.tf().withName(name).placeholder(type, Placeholder.shape(Shape.of(-1, -1)));
  }
}
