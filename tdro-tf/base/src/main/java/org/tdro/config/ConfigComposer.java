package org.tdro.config;

import com.typesafe.config.ConfigUtil;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Composes a configuration of files and arguments. Later wins over earlier: the root file {@code config.conf}, the chosen option
 * file of each group, what {@link ConfigSchema#defaultsFrom} takes from what a key names in place of the program's own files, the
 * chosen preset, the section of the chosen variant, {@code key=value} arguments, and arguments in the section of the variant.
 * {@link ConfigSchema} says which groups, presets and variants there are. {@link Defaults} may place a root file above its options.
 *
 * @param <R> the root record of the configuration
 */
public final class ConfigComposer<R extends Record> {
  private final ConfigSchema<R> schema;
  private final ConfigFolders folders;

  /**
   * Creates a composer of the files in some folders. It reads each of them once.
   *
   * @param folders searched in order; the root files of all are merged, those of earlier folders first
   */
  public ConfigComposer(ConfigSchema<R> schema, List<Path> folders) {
    this(schema, new ConfigFolders(folders, schema.root()));
  }

  private ConfigComposer(ConfigSchema<R> schema, ConfigFolders folders) {
    this.schema = schema;
    this.folders = folders;
  }

  /**
   * Returns a composer whose root file is another one.
   *
   * @param name its name, without the ending {@code .conf}; {@code config} by default
   */
  public ConfigComposer<R> root(String name) {
    return new ConfigComposer<>(schema, folders.withRoot(name));
  }

  /**
   * Composes the configuration of some arguments, whether or not the files that it names exist.
   *
   * @param arguments {@code group=option} and {@code key.path=value}
   * @throws ConfigException with all problems there are
   */
  public ResolvedConfig<R> compose(List<String> arguments) {
    return new Composition<>(schema, folders, arguments).bind(false);
  }

  /**
   * Composes the configuration of a run about to start: the files and folders to be read must exist.
   *
   * @param arguments {@code group=option} and {@code key.path=value}
   * @throws ConfigException with all problems there are
   */
  public ResolvedConfig<R> composeForRun(List<String> arguments) {
    return new Composition<>(schema, folders, arguments).bind(true);
  }

  /** Returns the reference of the keys, with the comments in the files of this composer. */
  public KeyReference<R> reference() {
    return new KeyReference<>(this, schema, folders);
  }

  /** Returns the folders in which files are searched, in order. */
  public List<Path> searchPath() {
    return folders.folders();
  }

  /**
   * A file of a configuration.
   *
   * @param file its name
   * @param section that its values are for; empty for the whole configuration
   * @param origin of its choice; empty for a root file
   */
  public record Source(String file, String section, String origin) {}

  /**
   * Returns the files of a configuration, each of which overrides those before it.
   *
   * @throws ConfigException if they cannot be found or read
   */
  public List<Source> sources(List<String> arguments) {
    return new Composition<>(schema, folders, arguments).sources();
  }

  /** Returns the argument {@code key=value} for a path that may hold any character. */
  public static String argument(String key, Path value) {
    return argument(key, value.toString());
  }

  /** Returns the argument {@code key=value} for a value that may hold any character. */
  public static String argument(String key, String value) {
    return key + "=" + ConfigUtil.quoteString(value);
  }

  /** Returns the argument {@code key=[value, …]}. */
  public static String argument(String key, List<Path> values) {
    return key
        + values.stream()
            .map(value -> ConfigUtil.quoteString(value.toString()))
            .collect(Collectors.joining(",", "=[", "]"));
  }
}
