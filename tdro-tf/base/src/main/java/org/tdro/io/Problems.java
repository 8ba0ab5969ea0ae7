package org.tdro.io;

import java.util.ArrayList;
import java.util.List;

/**
 * What is wrong with an input, collected so that it can be told at once. The first {@value #SHOWN} problems are kept, the rest
 * are counted.
 */
public final class Problems {
  /** The number of problems that are told one by one. */
  public static final int SHOWN = 20;

  private final List<String> shown = new ArrayList<>();
  private long more;

  /** Starts without problems. */
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

  /** Adds problems until there are {@value #SHOWN}; the rest are not counted, for a reader that then gives up. */
  public void fill(List<String> problems) {
    shown.addAll(problems.subList(0, Math.min(SHOWN - shown.size(), problems.size())));
  }

  /** Whether there is no problem. */
  public boolean isEmpty() {
    return shown.isEmpty();
  }

  /** Whether so many problems are known that further ones are only counted. */
  public boolean isFull() {
    return shown.size() == SHOWN;
  }

  /** The problems, and last how many more there are where not all are kept. */
  public List<String> list() {
    var list = new ArrayList<>(shown);
    if (more > 0) {
      list.add("and " + more + " more");
    }
    return List.copyOf(list);
  }

  /**
   * Ends the collecting.
   *
   * @throws InputException with the problems, if there are any
   */
  public void throwIfAny() {
    if (!isEmpty()) {
      throw new InputException(list());
    }
  }
}
