package org.tdro.mixing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tdro.mixing.WeightsFile.DomainSize;
import org.tdro.mixing.WeightsFile.DomainWeight;
import org.tdro.retriever.ComputeOptions;
import org.tdro.retriever.Pooling;
import org.tdro.retriever.RetrieverSpec;
import org.tdro.retriever.SmallRetriever;
import org.tdro.retriever.contrastive.ContrastiveLoss;
import org.tdro.retriever.contrastive.ContrastiveModel;
import org.tdro.retriever.contrastive.ContrastiveOptions;
import org.tensorflow.proto.ConfigProto;

class DoReMiTest {
  private static final List<Double> UNIFORM = List.of(1.0, 1.0, 1.0);

  private static void assertClose(List<Float> actual, double... expected) {
    assertThat(actual.stream().mapToDouble(Float::doubleValue).toArray())
        .containsExactly(expected, within(2e-6));
  }

  @Test
  void anUpdateMultipliesByTheExponentialOfTheClippedExcessAndMixesInTheUniform() {
    try (var run = new LearnerRun(new DoReMi(1, 0.1, 0.1, UNIFORM), 3)) {
      // Excesses: 1; 0 for one below its reference; 2 and 0 (of −4), so 1 on average.
      run.update(new int[] {0, 1, 2, 2}, new float[] {2, 1, 3, 1}, new float[] {1, 2, 1, 5});
      double total = 2 * Math.E + 1;
      assertClose(
          run.learned().weights(),
          0.9 * Math.E / total + 0.1 / 3,
          0.9 / total + 0.1 / 3,
          0.9 * Math.E / total + 0.1 / 3);
    }
  }

  @Test
  void aRowHasItsDomainsShareOfTheWeightsInTheBatch() {
    try (var run = new LearnerRun(new DoReMi(1, 0, 0.1, UNIFORM), 3)) {
      var rows = run.update(new int[] {0, 1, 1}, new float[] {2, 1, 1}, new float[] {1, 1, 1});
      double total = Math.E + 2;
      assertClose(rows, Math.E / total, 1 / total, 1 / total);
    }
  }

  /** Algorithm 1 of the paper in doubles, over batches in which domains are absent now and then. */
  @Test
  void theTrajectoryIsThatOfTheAlgorithmInDoubles() {
    var random = new SplittableRandom(9);
    double eta = 0.3;
    double c = 0.05;
    double[] alpha = {0.5, 0.25, 0.25};
    double[] lambda = new double[3];
    double[] mean = new double[3];
    boolean absentAfterPresent = false;
    try (var run = new LearnerRun(new DoReMi(eta, c, 0.1, List.of(2.0, 1.0, 1.0)), 3)) {
      for (int update = 0; update < 30; update++) {
        int rows = 1 + random.nextInt(4);
        var ids = random.ints(rows, 0, 3).toArray();
        var losses = new float[rows];
        var references = new float[rows];
        double[] sum = new double[3];
        int[] count = new int[3];
        for (int i = 0; i < rows; i++) {
          losses[i] = (float) (2 * random.nextDouble());
          references[i] = (float) (2 * random.nextDouble());
          sum[ids[i]] += Math.max(0, (double) losses[i] - references[i]);
          count[ids[i]]++;
        }
        double total = 0;
        for (int g = 0; g < 3; g++) {
          absentAfterPresent |= count[g] == 0 && lambda[g] > 0;
          lambda[g] = count[g] == 0 ? lambda[g] : sum[g] / count[g];
          alpha[g] *= Math.exp(eta * lambda[g]);
          total += alpha[g];
        }
        for (int g = 0; g < 3; g++) {
          alpha[g] = (1 - c) * alpha[g] / total + c / 3;
          mean[g] += alpha[g] / 30;
        }
        run.update(ids, losses, references);
        assertClose(run.learned().weights(), alpha);
      }
      assertThat(absentAfterPresent).isTrue();
      assertClose(run.learned().mean(), mean);
    }
  }

  @Test
  void theResultIsTheMeanOverAllUpdates() {
    var sizes = List.of(new DomainSize("a", 1), new DomainSize("b", 1), new DomainSize("c", 1));
    var learned = new LearnedMixture(
        List.of(0.2f, 0.7f, 0.1f),
        List.of(0.6f, 0.3f, 0.1f),
        List.of(0.3f, 0.3f, 0.4f),
        LearnedMixture.Result.MEAN);
    assertThat(learned.files(sizes, List.of(34)).get("top34_weights.json").domains())
        .extracting(DomainWeight::name)
        .containsExactly("a");
  }

  @Test
  void smoothingIsAShare() {
    assertThatThrownBy(() -> new DoReMi(1, 1.5, 0.1, UNIFORM))
        .hasMessage("smoothing must be in 0 … 1, was 1.5");
  }

  @Test
  void aModelThatIsToCompareLossesNeedsAReference() {
    var shape = SmallRetriever.bert(SmallRetriever.VOCABULARY, 1, 8, 0);
    var options = new ContrastiveOptions(
        new ContrastiveLoss(1, ContrastiveLoss.Negatives.IN_BATCH),
        2,
        3,
        false,
        ComputeOptions.PLAIN);
    assertThatThrownBy(() -> new ContrastiveModel(
                new RetrieverSpec(shape, Pooling.MEAN, 0, true),
                options,
                new DoReMi(1, 0, 0.1, UNIFORM),
                1,
                ConfigProto.getDefaultInstance())
            .close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("this weighting of rows needs a reference model");
  }
}
