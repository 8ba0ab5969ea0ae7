package org.tdro.keras;

import java.util.HashMap;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/** A place in a model's {@link Variables} where a layer adds its weights: a path, and what becomes of weights in training. */
public final class LayerScope {
  private final Variables variables;
  private final String path;
  private final Weight.Role role;
  private final Map<String, Weight> lent;
  /** Length of the prefix of this scope's path that the lender's names do not have. */
  private final int ownPath;

  private final Names names;

  /** Counters of automatic names, and an action before the first. */
  private static final class Names {
    private final Map<String, Integer> counts = new HashMap<>();
    private Runnable beforeFirst = () -> {};

    void prepare() {
      var before = beforeFirst;
      beforeFirst = () -> {};
      before.run();
    }

    int next(String name) {
      return counts.merge(name, 1, Integer::sum) - 1;
    }
  }

  LayerScope(Variables variables) {
    this(variables, "", Weight.Role.TRAINED, Map.of(), 0, new Names());
  }

  private LayerScope(
      Variables variables,
      String path,
      Weight.Role role,
      Map<String, Weight> lent,
      int ownPath,
      Names names) {
    this.variables = variables;
    this.path = path;
    this.role = role;
    this.lent = lent;
    this.ownPath = ownPath;
    this.names = names;
  }

  /** The variables that weights are added to. */
  public Variables variables() {
    return variables;
  }

  /** The path from which names of weights start, parts separated by {@code /}; empty for a whole model. */
  public String path() {
    return path;
  }

  /** Returns the place {@code name} within this one. */
  public LayerScope under(String name) {
    return new LayerScope(variables, join(name), role, lent, ownPath, names);
  }

  /** Returns a place within this one that no other call was given: {@code kind}, {@code kind_1} and so on. */
  public LayerScope unique(String kind) {
    int number = names.next(join(kind));
    return under(number == 0 ? kind : kind + "_" + number);
  }

  /** Runs, once, what comes before the first automatic name. */
  void prepareNames() {
    names.prepare();
  }

  /** Sets what runs before the first automatic name is given. */
  void beforeFirstName(Runnable action) {
    names.beforeFirst = action;
  }

  /**
   * Returns this place for frozen weights. Where {@code lender} has a weight of the same name, or of the name without this
   * path, it is shared instead of added.
   *
   * @param lender variables of the same graph
   */
  public LayerScope frozenFrom(Variables lender) {
    int length = path.isEmpty() ? 0 : path.length() + 1;
    return new LayerScope(variables, path, Weight.Role.FROZEN, lender.byName(), length, names);
  }

  /**
   * Adds a weight that training changes, or a frozen one in a place for these.
   *
   * @param name behind this path
   * @throws IllegalArgumentException if there is a variable of that name, the shape is not fully known, or the lender's has
   *     another shape or is not frozen
   */
  public Weight add(String name, Shape shape, Initializer initializer) {
    var full = join(name);
    var present = lent.getOrDefault(full, lent.get(full.substring(ownPath)));
    if (present == null) {
      return variables.create(full, shape, initializer, role);
    }
    if (present.role() != Weight.Role.FROZEN || !present.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "variable %s cannot be shared: it is %s %s, not a frozen one of shape %s"
              .formatted(full, present.role(), present.shape(), shape));
    }
    return present;
  }

  /** Adds a variable that is saved but that no optimizer moves, such as a running mean. */
  public Weight addState(String name, Shape shape, Initializer initializer) {
    return variables.create(join(name), shape, initializer, Weight.Role.STATE);
  }

  private String join(String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }
}
