package org.tdro.export;

import java.util.Map;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** A client that has TensorFlow and nothing of this project on its class path: prints the embedding of the ids 5, 9, 20. */
public final class BareReader {
  private BareReader() {}

  /** Takes the SavedModel's folder and the signature. */
  @SuppressWarnings("SystemOut") // the answer of this process
  public static void main(String[] arguments) {
    var shape = Shape.of(1, 3);
    try (var bundle = SavedModelBundle.load(arguments[0], "serve");
        var ids = TInt64.tensorOf(shape, DataBuffers.of(5L, 9L, 20L));
        var mask = TInt64.tensorOf(shape, DataBuffers.of(1L, 1L, 1L));
        var result =
            bundle.function(arguments[1]).call(Map.of("input_ids", ids, "attention_mask", mask))) {
      var embedding = (TFloat32) result.get("embedding").orElseThrow();
      for (var value : embedding.scalars()) {
        System.out.println(value.getFloat());
      }
    }
  }
}
