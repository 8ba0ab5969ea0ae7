package org.tdro.keras.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFOutOfRangeException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;
import org.tensorflow.types.TString;

/** Event files as TensorFlow's own reader of records, which checks every checksum, reads them. */
public final class EventFiles {
  private EventFiles() {}

  /** Returns the events of all files in a folder, in the order of their names. */
  public static List<Event> read(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      var events = new ArrayList<Event>();
      for (var file : files.sorted().toList()) {
        events.addAll(records(file));
      }
      return events;
    }
  }

  private static List<Event> records(Path file) throws IOException {
    var events = new ArrayList<Event>();
    try (var graph = new Graph();
        var session = new Session(graph)) {
      var tf = Ops.create(graph);
      var queue = tf.io.fifoQueue(List.of(TString.class));
      var fill = tf.io.queueEnqueue(queue, List.of(tf.constant(file.toString())));
      var close = tf.io.queueClose(queue);
      var next = tf.io.readerRead(tf.io.tfRecordReader(), queue);
      session.runner().addTarget(fill).run().close();
      session.runner().addTarget(close).run().close();
      while (true) {
        try (var fetched = session.runner().fetch(next.value()).run()) {
          events.add(Event.parseFrom(((TString) fetched.get(0)).asBytes().getObject()));
        } catch (TFOutOfRangeException end) {
          return events;
        }
      }
    }
  }

  /**
   * Returns the scalars by tag and step, without those that readers forget at the start of a session.
   *
   * @throws AssertionError if a tag has two values for a step
   */
  public static Map<String, SortedMap<Long, Float>> scalars(List<Event> events) {
    var scalars = new LinkedHashMap<String, SortedMap<Long, Float>>();
    for (var event : events) {
      if (event.getSessionLog().getStatus() == SessionLog.SessionStatus.START) {
        scalars.values().forEach(points -> points.tailMap(event.getStep()).clear());
      }
      for (var value : event.getSummary().getValueList()) {
        if (value.getValueCase() == Summary.Value.ValueCase.SIMPLE_VALUE
            && scalars
                    .computeIfAbsent(value.getTag(), tag -> new TreeMap<>())
                    .put(event.getStep(), value.getSimpleValue())
                != null) {
          throw new AssertionError(value.getTag() + " twice at step " + event.getStep());
        }
      }
    }
    return scalars;
  }
}
