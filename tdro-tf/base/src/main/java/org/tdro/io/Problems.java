package org.tdro.io;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with some files so that it can be reported at once; the first {@value #SHOWN} are worded. */
public final class Problems {
  private static final int SHOWN = 20;

  private final List<String> shown = new ArrayList<>();
  private long count;

  public void add(String problem) {
    if (count++ < SHOWN) {
      shown.add(problem);
    }
  }

  public void throwIfAny() {
    if (count == 0) {
      return;
    }
    var all = new ArrayList<>(shown);
    if (count > SHOWN) {
      all.add("and " + (count - SHOWN) + " more");
    }
    throw new DataException(all);
  }
}
