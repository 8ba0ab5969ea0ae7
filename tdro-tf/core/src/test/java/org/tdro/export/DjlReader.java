package org.tdro.export;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.tensorflow.internal.c_api.global.tensorflow;

/** A client that reads SavedModels with DJL's TensorFlow engine: prints the embedding of the ids 5, 9, 20, or of a text. */
public final class DjlReader {
  private DjlReader() {}

  /** Takes the SavedModel's folder and the signature; with a text too if that takes strings. */
  @SuppressWarnings("SystemOut") // the answer of this process
  public static void main(String[] arguments) throws Exception {
    // Else the engine would download a library of its own.
    var library = Path.of(Loader.load(tensorflow.class)).getParent();
    System.setProperty("TENSORFLOW_LIBRARY_PATH", library.toString());
    System.setProperty("ai.djl.offline", "true");
    try (var model = Model.newInstance("retriever", "TensorFlow");
        var arrays = NDManager.newBaseManager("TensorFlow")) {
      model.load(
          Path.of(arguments[0]), null, Map.of("Tags", "serve", "SignatureDefKey", arguments[1]));
      try (var predictor = model.newPredictor(new NoopTranslator())) {
        for (float value : predictor.predict(inputs(arrays, arguments)).get(0).toFloatArray()) {
          System.out.println(value);
        }
      }
    }
  }

  private static NDList inputs(NDManager arrays, String[] arguments) {
    if (arguments.length > 2) {
      var text = arrays.create(new String[] {arguments[2]});
      text.setName("text");
      return new NDList(text);
    }
    var ids = arrays.create(new long[] {5, 9, 20}, new Shape(1, 3));
    ids.setName("input_ids");
    var mask = arrays.create(new long[] {1, 1, 1}, new Shape(1, 3));
    mask.setName("attention_mask");
    return new NDList(ids, mask);
  }
}
