package org.tdro.export;

import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/**
 * A client that has TensorFlow and nothing of this project on its class path: prints the embedding of the ids 5, 9, 20, or of
 * a text.
 */
public final class BareReader {
  private BareReader() {}

  /** Takes the SavedModel's folder and the signature; with a text too if that takes strings. */
  public static void main(String[] arguments) {
    try (var bundle = SavedModelBundle.load(arguments[0], "serve")) {
      if (arguments.length == 2) {
        ids(bundle, arguments[1]);
      } else {
        try (var text = TString.vectorOf(arguments[2]);
            var result = bundle.function(arguments[1]).call(Map.of("text", text))) {
          print(result);
        }
      }
    }
  }

  private static void ids(SavedModelBundle bundle, String signature) {
    var shape = Shape.of(1, 3);
    try (var ids = TInt64.tensorOf(shape, DataBuffers.of(5L, 9L, 20L));
        var mask = TInt64.tensorOf(shape, DataBuffers.of(1L, 1L, 1L));
        var result =
            bundle.function(signature).call(Map.of("input_ids", ids, "attention_mask", mask))) {
      print(result);
    }
  }

  @SuppressWarnings("SystemOut") // the answer of this process
  private static void print(Result result) {
    var embedding = (TFloat32) result.get("embedding").orElseThrow();
    for (var value : embedding.scalars()) {
      System.out.println(value.getFloat());
    }
  }
}
