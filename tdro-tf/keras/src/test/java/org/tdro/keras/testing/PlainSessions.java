package org.tdro.keras.testing;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/** Sessions that run graphs as they are built. TensorFlow takes longer to rewrite the graph of a tiny model than to run it. */
public final class PlainSessions {
  /** Options of such a session. */
  public static final ConfigProto OPTIONS = ConfigProto.newBuilder()
      .setGraphOptions(GraphOptions.newBuilder()
          .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
      .build();

  private PlainSessions() {}
}
