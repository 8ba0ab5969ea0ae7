package org.tdro.training.config;

import java.nio.file.Path;
import java.util.List;
import org.tdro.config.InputFile;
import org.tdro.io.Checks;

/**
 * Retrieval evaluation. Lengths of queries and passages are those of {@link DataConfig}.
 *
 * @param data BEIR-format folders, or folders of them
 * @param measures by their trec_eval names, for example {@code ndcg_cut_10}
 * @param topK results kept for each query
 */
public record EvalConfig(@InputFile List<Path> data, List<String> measures, int topK) {

  public EvalConfig {
    new Checks()
        .that(!measures.isEmpty(), "measures must name at least one")
        .atLeast(1, "topK", topK)
        .done();
  }
}
