package org.tdro.huggingface.safetensors;

import com.fasterxml.jackson.core.JacksonException;
import java.util.ArrayList;
import java.util.List;
import org.tdro.io.CheckpointException;

/** Collects what is wrong with files so that it can be reported at once; the first {@value #SHOWN} are worded. */
final class Problems {
  private static final int SHOWN = 20;

  private final List<String> shown = new ArrayList<>();
  private long count;

  public void add(String problem) {
    if (count++ < SHOWN) {
      shown.add(problem);
    }
  }

  void addAll(List<String> problems) {
    problems.forEach(this::add);
  }

  long count() {
    return count;
  }

  /** What is wrong with a JSON text and, as far as its parser knows, where. */
  static String invalidJson(JacksonException failure) {
    var at = failure.getLocation();
    return "no valid JSON%s: %s"
        .formatted(
            at == null ? "" : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr()),
            failure.getOriginalMessage());
  }

  public void throwIfAny() {
    if (count == 0) {
      return;
    }
    var all = new ArrayList<>(shown);
    if (count > SHOWN) {
      all.add("and " + (count - SHOWN) + " more");
    }
    throw new CheckpointException(all);
  }
}
