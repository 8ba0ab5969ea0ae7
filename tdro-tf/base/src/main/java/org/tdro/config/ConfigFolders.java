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
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.FileException;
import org.tdro.io.Suggestion;

/**
 * The folders that hold configuration files, searched in order. Files include one another by their name within a folder
 * ({@code include "paper.conf"} from the same group), wherever in the search path it lies.
 */
final class ConfigFolders {
  static final String ROOT = "config";
  static final String SUFFIX = ".conf";

  /** A key of a group in another package, {@code db@backup = mysql}. */
  private static final Pattern PACKAGE = Pattern.compile("[\\w/]@[\\w.]+\\s*[=:]");

  /** A file of the class path, beside the root record, whose values all others override. */
  static final String REFERENCE = "reference.conf";

  private final List<Path> folders;
  private final String root;
  private final Config reference;
  private final Map<Path, Parsed> parsed;

  /** The content of a file, and its problems. */
  private record Parsed(Config values, ConfigProblems problems) {}

  private ConfigFolders(
      List<Path> folders, String root, Config reference, Map<Path, Parsed> parsed) {
    this.folders = folders;
    this.root = root;
    this.reference = reference;
    this.parsed = parsed;
  }

  /** Creates a search path of a program whose root record is {@code owner}. */
  ConfigFolders(List<Path> folders, Class<?> owner) {
    this(
        List.copyOf(folders),
        ROOT,
        ConfigFactory.parseResources(
            owner, REFERENCE, ConfigParseOptions.defaults().setOriginDescription(REFERENCE)),
        new ConcurrentHashMap<>());
  }

  /** Creates a reader of single files. */
  ConfigFolders() {
    this(List.of(), ROOT, ConfigFactory.empty(), new ConcurrentHashMap<>());
  }

  /** Returns the same folders with another root file, {@code name.conf}. */
  ConfigFolders withRoot(String name) {
    return new ConfigFolders(folders, name, reference, parsed);
  }

  List<Path> folders() {
    return folders;
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

  /** Returns the root files, those of earlier folders first. */
  List<Path> rootFiles() {
    return folders.stream()
        .map(folder -> folder.resolve(root + SUFFIX))
        .filter(Files::isRegularFile)
        .toList();
  }

  /**
   * Returns the values of the root files by their names in messages, in the order in which later ones override earlier ones: those
   * of the program first.
   *
   * @throws ConfigException if there is none or one cannot be read, because then no other problem can be found
   */
  Map<String, Config> roots(ConfigProblems problems) {
    int before = problems.count();
    for (var folder : folders) {
      if (!Files.isDirectory(folder)) {
        problems.add("configuration", folder + " is not a folder");
      }
    }
    var files = rootFiles();
    if (files.isEmpty() && reference.isEmpty()) {
      problems.add(
          "configuration",
          "there is no " + root + SUFFIX + " in " + shown()
              + Suggestion.of(root, options(""), "--config-name "));
    }
    var roots = new LinkedHashMap<String, Config>();
    if (!reference.isEmpty()) {
      roots.put(REFERENCE, reference);
    }
    for (int i = files.size() - 1; i >= 0; i--) {
      roots.put(shown(files.get(i)), parse(files.get(i), problems));
    }
    if (problems.count() > before) {
      problems.raise();
    }
    return roots;
  }

  /** Says that a group has no such option, and which it has. */
  String noOption(String group, String option) {
    var options = options(group);
    var known = options.isEmpty() ? "there are none" : "there are " + String.join(", ", options);
    return group + " has no option " + option + " (" + known + ")"
        + Suggestion.of(option, options, group + "=");
  }

  /** Returns whether a value is a default of the program, whose folder is the last, and not one of its presets. */
  boolean isDefault(ConfigOrigin origin, String presets) {
    var file = origin.description();
    if (file.startsWith(REFERENCE)) {
      return true;
    }
    var own = folders.get(folders.size() - 1);
    return file.startsWith(shown(own) + "/") && !file.startsWith(shown(own.resolve(presets)) + "/");
  }

  /** Returns the content of a file, which is read once; an empty one, after adding a problem, if it cannot be read. */
  Config parse(Path file, ConfigProblems problems) {
    var result = parsed.computeIfAbsent(file.toAbsolutePath().normalize(), path -> {
      var found = new ConfigProblems();
      return new Parsed(parse(List.of(path), found), found);
    });
    problems.addAll(result.problems());
    return result.values();
  }

  /** Returns the content of the last of {@code files}, each of which includes the next. */
  private Config parse(List<Path> files, ConfigProblems problems) {
    var file = files.get(files.size() - 1);
    var options = ConfigParseOptions.defaults()
        .setAllowMissing(false)
        .setOriginDescription(shown(file))
        .setIncluder(new SearchPath(files, problems));
    try {
      var values = ConfigFactory.parseFile(file.toFile(), options);
      if (values.root().values().stream()
          .flatMap(value -> value.origin().comments().stream())
          .anyMatch(comment -> comment.strip().startsWith("@package"))) {
        problems.add(
            shown(file),
            "@package has no effect: the options of a group set the section of its name; set those of others in a preset");
      }
      return values;
    } catch (com.typesafe.config.ConfigException.IO e) {
      problems.add(shown(file), "cannot be read");
    } catch (com.typesafe.config.ConfigException e) {
      var foreign = foreign(file, e.origin());
      if (foreign.isPresent()) {
        problems.add(ConfigProblems.where(e.origin()), foreign.get());
      } else {
        problems.add(e);
      }
    }
    return ConfigFactory.empty();
  }

  /** Returns what to write instead of a line that is not HOCON but Hydra's. */
  private static Optional<String> foreign(Path file, ConfigOrigin origin) {
    if (origin == null || origin.lineNumber() <= 0) {
      return Optional.empty();
    }
    try (var lines = Files.lines(file)) {
      return lines
          .skip(origin.lineNumber() - 1L)
          .findFirst()
          .flatMap(line -> ArgumentText.foreign(line)
              .or(() -> PACKAGE.matcher(line).find()
                  ? Optional.of(Argument.MOVES_A_GROUP)
                  : Optional.empty())
              .map(what -> line.strip() + what));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
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
