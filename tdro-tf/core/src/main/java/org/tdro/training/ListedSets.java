package org.tdro.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tdro.evaluation.BeirDataset;
import org.tdro.io.InputException;

/** The evaluation sets of several places. */
public final class ListedSets {
  private ListedSets() {}

  /**
   * The sets of folders, or of folders of them, checked before anything is computed.
   *
   * @throws InputException if a place holds none, or two have the same name, or a file is wrong
   */
  public static List<BeirDataset> of(List<Path> places) {
    var sets = new ArrayList<BeirDataset>();
    for (var place : places) {
      sets.addAll(BeirDataset.list(place));
    }
    var names = sets.stream().map(BeirDataset::name).toList();
    var twice = names.stream()
        .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
        .distinct()
        .toList();
    if (!twice.isEmpty()) {
      throw new InputException("evaluation sets of the same name: " + String.join(", ", twice));
    }
    return sets;
  }
}
