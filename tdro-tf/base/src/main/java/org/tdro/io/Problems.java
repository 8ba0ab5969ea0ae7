package org.tdro.io;

import java.util.ArrayList;
import java.util.List;

/**
 * The problems of an input, collected so that all are reported at once. The first {@value #SHOWN} are kept, the rest are counted.
 */
public final class Problems {
  /** The number of problems that are kept. */
  public static final int SHOWN = 20;

  private final List<String> shown = new ArrayList<>();
  private long more;

  /** Creates an empty collection. */
  public Problems() {}

  /** Adds a problem, which names its file and line or key. */
  public void add(String problem) {
    if (isFull()) {
      more++;
    } else {
      shown.add(problem);
    }
  }

  /** Adds problems one by one. */
  public void addAll(List<String> problems) {
    problems.forEach(this::add);
  }

  /** Adds problems until there are {@value #SHOWN}; the rest are not counted, for a reader that then stops. */
  public void fill(List<String> problems) {
    shown.addAll(problems.subList(0, Math.min(SHOWN - shown.size(), problems.size())));
  }

  /** Returns whether there is no problem. */
  public boolean isEmpty() {
    return shown.isEmpty();
  }

  /** Returns whether further problems are only counted. */
  public boolean isFull() {
    return shown.size() == SHOWN;
  }

  /** Returns the kept problems, followed by the number of the others if there are any. */
  public List<String> list() {
    var list = new ArrayList<>(shown);
    if (more > 0) {
      list.add("and " + more + " more");
    }
    return List.copyOf(list);
  }

  /**
   * Reports the problems.
   *
   * @throws InputException if there are any
   */
  public void throwIfAny() {
    if (!isEmpty()) {
      throw new InputException(list());
    }
  }
}
