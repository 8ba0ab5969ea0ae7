package org.tdro.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tdro.export.Precision;
import org.tdro.export.SmallExport;
import org.tdro.retriever.SmallRetriever;
import org.tdro.serving.client.IdType;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

class EmbeddingTableTest {
  @TempDir
  Path folder;

  /** Each stores the table otherwise. */
  @ParameterizedTest
  @EnumSource
  void findsTheRowsInWhateverPrecision(Precision precision) {
    var export = folder.resolve("1");
    SmallExport.write(
        SmallExport.retriever(folder.resolve("model")), IdType.INT64, precision, export);
    try (var bundle = SavedModelBundle.load(export.toString(), "serve")) {
      var graph = bundle.metaGraphDef().getGraphDef();
      assertThat(EmbeddingTable.rows(graph, "input_ids:0")).hasValue(SmallRetriever.VOCABULARY);
    }
  }

  @org.junit.jupiter.api.Test
  void aGraphThatIsBuiltOtherwiseDoesNotTell() {
    var graph = GraphDef.newBuilder()
        .addNode(NodeDef.newBuilder().setName("input_ids").setOp("Placeholder"))
        .build();
    assertThat(EmbeddingTable.rows(graph, "input_ids:0")).isEmpty();
  }
}
