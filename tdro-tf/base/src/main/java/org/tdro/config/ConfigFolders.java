package org.tdro.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.FileException;

/**
 * The folders that hold configuration files, searched in order. Files include one another by their name within a folder
 * ({@code include "paper.conf"} from the same group), wherever in the search path it lies.
 */
record ConfigFolders(List<Path> folders) {
  static final String ROOT = "config.conf";
  private static final String SUFFIX = ".conf";

  ConfigFolders {
    folders = List.copyOf(folders);
  }

  /** Returns the first file of that name, relative to the folders. */
  Optional<Path> find(String name) {
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** Returns the file of an option, relative to the folders. */
  static String file(String group, String option) {
    return group + "/" + option + SUFFIX;
  }

  /** Returns the names of the options of a group. */
  SortedSet<String> options(String group) {
    var options = new TreeSet<String>();
    for (var folder : folders) {
      if (!Files.isDirectory(folder.resolve(group))) {
        continue;
      }
      try (var files = Files.list(folder.resolve(group))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(SUFFIX))
            .forEach(name -> options.add(name.substring(0, name.length() - SUFFIX.length())));
      } catch (IOException e) {
        throw FileException.reading(folder.resolve(group), e);
      }
    }
    return options;
  }

  /**
   * Returns the merged root files of all folders; those of earlier folders take precedence.
   *
   * @throws ConfigException if there is none or one cannot be read, because then no other problem can be found
   */
  Config root(ConfigProblems problems) {
    var before = problems.count();
    for (var folder : folders) {
      if (!Files.isDirectory(folder)) {
        problems.add("configuration", folder + " is not a folder");
      }
    }
    var files = folders.stream()
        .map(folder -> folder.resolve(ROOT))
        .filter(Files::isRegularFile)
        .toList();
    if (files.isEmpty()) {
      problems.add("configuration", "there is no " + ROOT + " in " + shown());
    }
    var root = files.stream()
        .map(file -> parse(file, problems))
        .reduce(ConfigFactory.empty(), Config::withFallback);
    if (problems.count() > before) {
      problems.raise();
    }
    return root;
  }

  /** Returns whether a value is a default of the program, whose folder is the last, and not one of its presets. */
  boolean isDefault(ConfigOrigin origin, String presets) {
    var own = folders.get(folders.size() - 1);
    var file = origin.description();
    return file.startsWith(shown(own) + "/") && !file.startsWith(shown(own.resolve(presets)) + "/");
  }

  /** Returns the content of a file; an empty one, after adding a problem, if it cannot be read. */
  Config parse(Path file, ConfigProblems problems) {
    return parse(List.of(file.toAbsolutePath().normalize()), problems);
  }

  /** Returns the content of the last of {@code files}, each of which includes the next. */
  private Config parse(List<Path> files, ConfigProblems problems) {
    var file = files.get(files.size() - 1);
    var options = ConfigParseOptions.defaults()
        .setAllowMissing(false)
        .setOriginDescription(shown(file))
        .setIncluder(new SearchPath(files, problems));
    try {
      return ConfigFactory.parseFile(file.toFile(), options);
    } catch (com.typesafe.config.ConfigException.IO e) {
      problems.add(shown(file), "cannot be read");
    } catch (com.typesafe.config.ConfigException e) {
      problems.add(e);
    }
    return ConfigFactory.empty();
  }

  private String shown() {
    return folders.stream().map(ConfigFolders::shown).collect(Collectors.joining(" or "));
  }

  /** Returns the name of a file in messages, relative to the working folder if it lies below that. */
  static String shown(Path file) {
    var here = Path.of("").toAbsolutePath();
    var there = file.toAbsolutePath().normalize();
    return (there.startsWith(here) ? here.relativize(there) : there).toString();
  }

  /** An includer that reports missing files, which HOCON itself ignores, and files that include themselves. */
  private final class SearchPath implements ConfigIncluder, ConfigIncluderURL {
    private final List<Path> files;
    private final Path from;
    private final ConfigProblems problems;

    SearchPath(List<Path> files, ConfigProblems problems) {
      this.files = files;
      this.from = files.get(files.size() - 1);
      this.problems = problems;
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
      return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String name) {
      var beside = from.resolveSibling(name);
      var group = from.toAbsolutePath().getParent().getFileName();
      var found = Files.isRegularFile(beside)
          ? Optional.of(beside)
          : find(group + "/" + name).or(() -> find(name));
      if (found.isEmpty()) {
        problems.add(shown(from), "includes " + name + ", which does not exist");
      }
      var included = found.map(file -> file.toAbsolutePath().normalize());
      if (included.filter(files::contains).isPresent()) {
        problems.add(shown(from), "includes " + name + ", which includes this file");
        included = Optional.empty();
      }
      return included
          .map(file -> parse(Stream.concat(files.stream(), Stream.of(file)).toList(), problems))
          .orElse(ConfigFactory.empty())
          .root();
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL url) {
      problems.add(
          shown(from), "includes " + url + ": nothing is fetched; save it and include the file");
      return ConfigFactory.empty().root();
    }
  }
}
