package org.tdro.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tdro.io.InputException;
import org.tdro.io.Problems;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.DomainRows;
import org.tdro.rows.RowOptions;
import org.tdro.rows.RowOutput;
import org.tdro.rows.selection.RowSample;
import org.tdro.rows.selection.RowSample.Size;
import org.tdro.training.config.DataConfig;

/** The rows of a run where its configuration groups files or draws a part of their rows: {@code data.groups}, {@code data.max-rows}. */
record ChosenRows(DataConfig config) {
  private static final Logger LOG = LoggerFactory.getLogger(ChosenRows.class);

  /** The seed of the rows that are drawn. It is not the run's, so that runs of several seeds share them. */
  private static final long SEED = 0;

  /**
   * Returns the files that each domain is made of, by their names without endings.
   *
   * @throws InputException if there are no files, or groups or caps name what does not exist
   */
  SortedMap<String, List<String>> members() {
    return members(files());
  }

  private SortedMap<String, Path> files() {
    return DomainFiles.sources(List.of(config.train()), skipped -> {});
  }

  private SortedMap<String, List<String>> members(SortedMap<String, Path> files) {
    var problems = new Problems();
    var grouped = config.groups().values().stream()
        .flatMap(List::stream)
        .collect(Collectors.toCollection(TreeSet::new));
    var members = new TreeMap<String, List<String>>(config.groups());
    config
        .groups()
        .forEach((domain, names) -> names.stream()
            .filter(name -> !files.containsKey(name))
            .forEach(name -> problems.add("data.groups.%s names %s, but %s has only %s"
                .formatted(domain, name, config.train(), String.join(", ", files.keySet())))));
    for (var file : files.keySet()) {
      if (!grouped.contains(file) && members.put(file, List.of(file)) != null) {
        problems.add(
            "data.groups.%s has the name of a file that it does not hold; add %s to it, or choose another name"
                .formatted(file, file));
      }
    }
    for (var domain : config.maxRowsOf().keySet()) {
      if (!members.containsKey(domain)) {
        problems.add("data.max-rows-of.%s is not a domain; there are %s"
            .formatted(domain, String.join(", ", members.keySet())));
      }
    }
    problems.throwIfAny();
    return members;
  }

  /**
   * Returns a folder with a file for each domain: {@code data.train} itself or, if anything is chosen, one in the cache, which is written
   * unless it is there.
   *
   * @throws InputException naming rows that cannot be read
   */
  Path folder(int threads) {
    if (config.groups().isEmpty()
        && config.maxRows().isEmpty()
        && config.maxRowsOf().isEmpty()) {
      return config.train();
    }
    var files = files();
    var members = members(files);
    var content = new TreeMap<String, String>();
    files.forEach((name, file) -> content.put(name, DomainFiles.fingerprint(file)));
    var choice = new TreeMap<String, Object>(Map.of(
        "files",
        content,
        "domains",
        members,
        "max-rows",
        config.maxRows().map(String::valueOf).orElse("all"),
        "max-rows-of",
        new TreeMap<>(config.maxRowsOf())));
    var folder = config.cache().resolve("chosen-" + PreparedData.cacheKey(choice.toString()));
    if (!Files.isDirectory(folder)) {
      write(
          folder,
          members,
          new DomainRows(files, RowOptions.RECOGNISE, threads, read -> {}),
          choice);
    }
    return folder;
  }

  private void write(
      Path folder, SortedMap<String, List<String>> members, DomainRows rows, Object choice) {
    RowOutput.write(folder, beside -> {
      for (var domain : members.entrySet()) {
        var source = rows.files().get(domain.getValue().get(0));
        try (var out = RowOutput.open(beside, domain.getKey(), source)) {
          var counts =
              new RowSample(size(domain.getKey()), SEED).write(rows, domain.getValue(), out);
          LOG.info("{}: {} of {} rows are drawn", domain.getKey(), counts.drawn(), counts.rows());
        }
      }
      return choice;
    });
  }

  private Size size(String domain) {
    var most = config.maxRowsOf().containsKey(domain)
        ? config.maxRowsOf().get(domain)
        : config.maxRows().orElse(null);
    return most == null ? new Size.Share(1) : new Size.Rows(most);
  }
}
