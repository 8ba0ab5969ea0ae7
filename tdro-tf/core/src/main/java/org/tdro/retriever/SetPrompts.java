package org.tdro.retriever;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;

/**
 * The prompts that the texts of evaluation sets get, which need not be called like the tasks of a retriever.
 *
 * @param every the task whose prompts all sets get, empty for the task of the set's own name
 * @param bySet the task by the name of a set, where it is another
 */
public record SetPrompts(String every, Map<String, String> bySet) {
  /** Each set has the prompts of the task of its name. */
  public static final SetPrompts BY_NAME = new SetPrompts("", Map.of());

  public SetPrompts {
    bySet = new TreeMap<>(bySet);
  }

  /** Returns the task whose prompts the texts of a set get. */
  public String task(String set) {
    return bySet.getOrDefault(set, every.isEmpty() ? set : every);
  }

  /**
   * Returns the same prompts, where a part of a set has those of the whole unless it has its own.
   *
   * @param wholes the whole by part
   * @param known the tasks that there are prompts for, of which that of a whole's own name is chosen, too
   */
  public SetPrompts ofParts(Map<String, String> wholes, Prompts known) {
    var all = new TreeMap<>(bySet);
    wholes.forEach((part, whole) -> {
      if (bySet.containsKey(whole)) {
        all.putIfAbsent(part, bySet.get(whole));
      } else if (every.isEmpty()
          && known.names().contains(whole)
          && !known.names().contains(part)) {
        all.putIfAbsent(part, whole);
      }
    });
    return new SetPrompts(every, all);
  }

  /** Returns the chosen tasks for which there is no prompt, neither of queries nor of passages. */
  public SortedSet<String> unknown(Prompts prompts) {
    var unknown = new TreeSet<>(bySet.values());
    unknown.add(every);
    unknown.removeAll(prompts.names());
    unknown.remove("");
    return unknown;
  }

  /** Returns the sets whose queries, or passages, get no prompt, although the retriever has some by name for that kind. */
  public List<String> without(TextKind kind, Prompts prompts, Collection<String> sets) {
    return prompts.names(kind).isEmpty()
        ? List.of()
        : sets.stream().filter(set -> prompts.lacks(kind, task(set))).toList();
  }
}
