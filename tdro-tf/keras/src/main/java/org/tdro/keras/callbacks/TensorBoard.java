package org.tdro.keras.callbacks;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.tdro.io.Checks;
import org.tdro.keras.Callback;
import org.tdro.keras.FitOptions;
import org.tdro.keras.LogKey;
import org.tdro.keras.Logs;
import org.tdro.keras.Model;
import org.tdro.keras.StepLogs;
import org.tdro.keras.Weight;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.HistogramProto;
import org.tensorflow.proto.Summary;
import org.tensorflow.proto.SummaryMetadata;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.types.TFloat32;

/**
 * Writes logs, histograms, texts and hyperparameters for TensorBoard, which shows them while training goes on:
 * {@code tensorboard --logdir FOLDER}, or a folder above those of several runs to compare them. A training that resumes begins another file
 * in the folder, from which TensorBoard learns which steps are repeated.
 */
public final class TensorBoard implements Callback {
  private static final int BUCKETS = 30;
  private static final double MILLIS = 1e3;
  private static final String SESSION = "_hparams_/";

  /** The fields of the HParams tab's messages, {@code tensorboard/plugins/hparams/plugin_data.proto}. */
  private static final int SESSION_START = 3;

  private static final int SESSION_END = 4;
  private static final int START_SECONDS = 5;
  private static final int STATUS = 1;
  private static final int END_SECONDS = 2;
  private static final int SUCCESS = 1;

  private final Path folder;
  private int everySteps = 1;
  private int weightsEvery;
  private UnaryOperator<String> naming = name -> name;
  private final Map<LogKey<float[]>, Elements> vectors = new LinkedHashMap<>();
  private final Map<LogKey<float[]>, String> histograms = new LinkedHashMap<>();
  private final Map<String, String> texts = new LinkedHashMap<>();
  private Map<String, ?> hyperparameters = Map.of();

  private EventFile events;
  private boolean epochs;
  private List<LogKey<Double>> measured = List.of();

  private record Elements(String tag, List<String> names) {}

  /** Writes the scalar logs of every step, and of every epoch if there are several, into {@code folder}. */
  public TensorBoard(Path folder) {
    this.folder = folder;
  }

  /** Writes the logs of every so many steps; those after which the model was evaluated, too. */
  public TensorBoard everySteps(int steps) {
    new Checks().atLeast(1, "everySteps", steps).done();
    everySteps = steps;
    return this;
  }

  /** Names the scalar logs; by default, a tag is the name of the log. */
  public TensorBoard naming(UnaryOperator<String> tags) {
    naming = tags;
    return this;
  }

  /**
   * Also writes a vector that steps log, each element as the scalar {@code tag/NAME}; one that is NaN, such as the mean loss of a part
   * without rows, has no point.
   *
   * @param names of the elements, in order
   */
  public TensorBoard vector(LogKey<float[]> key, String tag, List<String> names) {
    vectors.put(key, new Elements(tag, List.copyOf(names)));
    return this;
  }

  /** Also writes the distribution of a vector's elements. */
  public TensorBoard histogram(LogKey<float[]> key, String tag) {
    histograms.put(key, tag);
    return this;
  }

  /** Also writes the distribution of every trainable weight, every so many steps; their values are copied for that. */
  public TensorBoard weightHistograms(int steps) {
    new Checks().atLeast(1, "weightHistograms", steps).done();
    weightsEvery = steps;
    return this;
  }

  /** Also writes a text, in Markdown, when training begins. */
  public TensorBoard text(String tag, String markdown) {
    texts.put(tag, markdown);
    return this;
  }

  /** Also writes the settings of the training, by which the HParams tab compares runs: numbers, booleans and strings by name. */
  public TensorBoard hyperparameters(Map<String, ?> values) {
    hyperparameters = new LinkedHashMap<>(values);
    return this;
  }

  @Override
  public void onTrainBegin(Model model, FitOptions options) {
    epochs = options.epochs() > 1;
    measured = options.evaluationKeys();
    events = EventFile.create(folder, model.iterations() + 1);
    var summary = Summary.newBuilder();
    texts.forEach((tag, markdown) -> summary.addValue(shown(tag, markdown)));
    if (!hyperparameters.isEmpty()) {
      summary.addValue(settings(SESSION + "session_start_info", SESSION_START, started()));
    }
    write(0, summary);
  }

  @Override
  public void onTrainBatchEnd(Model model, long step, Logs logs) {
    var summary = Summary.newBuilder();
    if (step % everySteps == 0
        || measured.stream().anyMatch(key -> logs.find(key).isPresent())) {
      logs.scalars().forEach((name, value) -> add(summary, naming.apply(name), value));
      vectors.forEach((key, elements) -> logs.find(key).ifPresent(vector -> {
        for (int i = 0; i < vector.length; i++) {
          if (!Float.isNaN(vector[i])) {
            add(summary, elements.tag() + "/" + elements.names().get(i), vector[i]);
          }
        }
      }));
      histograms.forEach((key, tag) -> logs.find(key)
          .ifPresent(vector -> summary.addValue(
              Summary.Value.newBuilder().setTag(tag).setHisto(histogram(vector)))));
    }
    if (weightsEvery > 0 && step % weightsEvery == 0) {
      model
          .variables()
          .trainable()
          .forEach(weight -> summary.addValue(Summary.Value.newBuilder()
              .setTag(weight.name())
              .setHisto(histogram(values(model, weight)))));
    }
    write(step, summary);
  }

  @Override
  public void onEpochEnd(Model model, long epoch, Logs logs) {
    if (epochs) {
      var summary = Summary.newBuilder();
      logs.scalars().forEach((name, value) -> add(summary, naming.apply("epoch_" + name), value));
      write(epoch, summary);
    }
  }

  @Override
  public void onTrainEnd(Model model, Logs logs) {
    if (!hyperparameters.isEmpty() && model.isTrainingFinished()) {
      write(
          model.iterations(),
          Summary.newBuilder()
              .addValue(settings(SESSION + "session_end_info", SESSION_END, ended())));
    }
    events.close();
  }

  @Override
  public void onTrainFailed(Model model, RuntimeException failure) {
    if (events != null) {
      events.close();
    }
  }

  private void write(long step, Summary.Builder summary) {
    if (summary.getValueCount() > 0) {
      events.write(step, summary.build());
      events.flush();
    }
  }

  private static void add(Summary.Builder summary, String tag, double value) {
    summary.addValue(Summary.Value.newBuilder().setTag(tag).setSimpleValue((float) value));
  }

  private static float[] values(Model model, Weight weight) {
    try (var fetched = model.session().runner().fetch(weight.value()).run()) {
      return StepLogs.floats((TFloat32) fetched.get(0));
    }
  }

  /** Returns the counts of the finite values in buckets of equal width. */
  static HistogramProto histogram(float[] values) {
    var finite = IntStream.range(0, values.length)
        .mapToDouble(i -> values[i])
        .filter(Double::isFinite)
        .toArray();
    var range = DoubleStream.of(finite).summaryStatistics();
    if (finite.length == 0) {
      return HistogramProto.getDefaultInstance();
    }
    double width = (range.getMax() - range.getMin()) / BUCKETS;
    var counts = new double[width > 0 ? BUCKETS : 1];
    for (double value : finite) {
      int bucket = width > 0 ? (int) ((value - range.getMin()) / width) : 0;
      counts[Math.min(bucket, counts.length - 1)]++;
    }
    var histogram = HistogramProto.newBuilder()
        .setMin(range.getMin())
        .setMax(range.getMax())
        .setNum(finite.length)
        .setSum(range.getSum())
        .setSumSquares(DoubleStream.of(finite).map(value -> value * value).sum());
    for (int bucket = 0; bucket < counts.length; bucket++) {
      boolean last = bucket == counts.length - 1;
      histogram
          .addBucketLimit(last ? range.getMax() : range.getMin() + (bucket + 1) * width)
          .addBucket(counts[bucket]);
    }
    return histogram.build();
  }

  private static Summary.Value shown(String tag, String markdown) {
    return Summary.Value.newBuilder()
        .setTag(tag + "/text_summary")
        .setMetadata(plugin("text", ByteString.EMPTY))
        .setTensor(TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .addStringVal(ByteString.copyFromUtf8(markdown)))
        .build();
  }

  private static SummaryMetadata plugin(String name, ByteString content) {
    return SummaryMetadata.newBuilder()
        .setPluginData(
            SummaryMetadata.PluginData.newBuilder().setPluginName(name).setContent(content))
        .build();
  }

  /** Returns a message of the HParams tab, which lies in the metadata of a value that is nothing itself. */
  private static Summary.Value settings(String tag, int field, ByteString message) {
    return Summary.Value.newBuilder()
        .setTag(tag)
        .setMetadata(plugin("hparams", field(field, bytes(message))))
        .setTensor(TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).addFloatVal(0))
        .build();
  }

  /** Returns the message of the settings: a map of values in the form of {@code Struct}'s, and the time. */
  private ByteString started() {
    var values = Struct.newBuilder();
    hyperparameters.forEach((name, value) -> values.putFields(name, value(value)));
    return values.build().toByteString().concat(field(START_SECONDS, now()));
  }

  private static ByteString ended() {
    var success = UnknownFieldSet.Field.newBuilder().addVarint(SUCCESS);
    return field(STATUS, success).concat(field(END_SECONDS, now()));
  }

  private static Value value(Object value) {
    if (value instanceof Boolean flag) {
      return Value.newBuilder().setBoolValue(flag).build();
    }
    return value instanceof Number number
        ? Value.newBuilder().setNumberValue(number.doubleValue()).build()
        : Value.newBuilder().setStringValue(value.toString()).build();
  }

  private static UnknownFieldSet.Field.Builder now() {
    double seconds = Clock.systemUTC().millis() / MILLIS;
    return UnknownFieldSet.Field.newBuilder().addFixed64(Double.doubleToLongBits(seconds));
  }

  private static UnknownFieldSet.Field.Builder bytes(ByteString bytes) {
    return UnknownFieldSet.Field.newBuilder().addLengthDelimited(bytes);
  }

  private static ByteString field(int number, UnknownFieldSet.Field.Builder value) {
    return UnknownFieldSet.newBuilder().addField(number, value.build()).build().toByteString();
  }
}
