package org.tdro.keras.callbacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.Struct;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.keras.testing.EventFiles;
import org.tensorflow.proto.Summary;

/** Event files as TensorFlow's own reader of records, which checks every checksum, reads them. */
class TensorBoardTest {
  @TempDir
  Path folder;

  private TensorBoard board() {
    return new TensorBoard(folder.resolve("events"));
  }

  private static void fit(long epochs, TensorBoard board, Path csv) {
    try (var model = Training.model()) {
      Training.fit(model, epochs, board, CsvLogger.ofSteps(csv));
    }
  }

  @Test
  void theScalarsAreThoseOfTheCsvFile() throws IOException {
    var csv = folder.resolve("log.csv");
    fit(2, board().naming(name -> "train/" + name), csv);
    var events = EventFiles.read(folder.resolve("events"));
    assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
    var scalars = EventFiles.scalars(events);
    assertThat(scalars).containsKeys("train/loss", "train/epoch_loss", "train/epoch_val_loss");
    var lines = Files.readAllLines(csv);
    var columns = List.of(lines.get(0).split(",", -1));
    for (var line : lines.subList(1, lines.size())) {
      var cells = line.split(",", -1);
      for (int i = 1; i < cells.length; i++) {
        assertThat(scalars.get("train/" + columns.get(i)).get(Long.valueOf(cells[0])))
            .isEqualTo(Float.parseFloat(cells[i]));
      }
    }
    assertThat(scalars.get("train/loss")).hasSize(lines.size() - 1);
  }

  /** The first process dies in step 9, of which only the first 6 are saved. */
  @Test
  void aResumedTrainingHasEveryStepOnce() throws IOException {
    var backup = new BackupAndRestore(folder.resolve("backup"), 3).keepWhenFinished();
    Training.dieBefore(9, 2, board(), backup);
    try (var model = Training.model()) {
      Training.fit(model, 2, board(), new BackupAndRestore(folder.resolve("backup"), 3));
    }
    var events = EventFiles.read(folder.resolve("events"));
    assertThat(events.stream().filter(event -> event.hasSessionLog()).map(event -> event.getStep()))
        .containsExactly(1L, 7L);
    assertThat(EventFiles.scalars(events).get("loss").keySet())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void settingsTextsAndWeightsAreThere() throws IOException {
    fit(
        1,
        board()
            .everySteps(100)
            .weightHistograms(5)
            .text("config", "    steps = 5")
            .hyperparameters(Map.of("rate", 0.1, "nesterov", true, "rule", "sgd")),
        folder.resolve("log.csv"));
    var values = new LinkedHashMap<String, Summary.Value>();
    EventFiles.read(folder.resolve("events"))
        .forEach(event ->
            event.getSummary().getValueList().forEach(value -> values.put(value.getTag(), value)));
    assertThat(values.get("config/text_summary").getTensor().getStringVal(0).toStringUtf8())
        .isEqualTo("    steps = 5");
    var start = message(values.get("_hparams_/session_start_info"), 3);
    // Its field 1 has the form of Struct's.
    var settings = Struct.parseFrom(start.toByteString()).getFieldsMap();
    assertThat(settings.get("rate").getNumberValue()).isEqualTo(0.1);
    assertThat(settings.get("nesterov").getBoolValue()).isTrue();
    assertThat(settings.get("rule").getStringValue()).isEqualTo("sgd");
    assertThat(start.getField(5).getFixed64List()).hasSize(1);
    assertThat(message(values.get("_hparams_/session_end_info"), 4).getField(1).getVarintList())
        .containsExactly(1L);
    assertThat(values.values().stream().filter(value -> value.hasHisto())).isNotEmpty();
  }

  private static UnknownFieldSet message(Summary.Value value, int field) throws IOException {
    var plugin = value.getMetadata().getPluginData();
    assertThat(plugin.getPluginName()).isEqualTo("hparams");
    return UnknownFieldSet.parseFrom(UnknownFieldSet.parseFrom(plugin.getContent())
        .getField(field)
        .getLengthDelimitedList()
        .get(0));
  }

  @Test
  void aHistogramCountsEveryFiniteValue() {
    var histogram = TensorBoard.histogram(new float[] {0, 1, 3, 3, Float.NaN});
    assertThat(histogram.getNum()).isEqualTo(4);
    assertThat(histogram.getSum()).isEqualTo(7);
    assertThat(histogram.getSumSquares()).isEqualTo(19);
    assertThat(
            histogram.getBucketList().stream().mapToDouble(Double::doubleValue).sum())
        .isEqualTo(4);
    assertThat(histogram.getBucketLimit(9)).isCloseTo(1, within(1e-12));
    assertThat(histogram.getBucket(29)).isEqualTo(2);
    assertThat(TensorBoard.histogram(new float[] {2, 2}).getBucketList()).containsExactly(2.0);
  }
}
