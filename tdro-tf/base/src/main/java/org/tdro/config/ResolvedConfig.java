package org.tdro.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tdro.io.Sha256;
import org.tdro.io.Suggestion;

/**
 * A configuration after composition, with the origin of each of its values.
 *
 * @param <R> its root record
 */
public final class ResolvedConfig<R extends Record> {
  private static final int VALUE_COLUMN = 60;

  private final ConfigSchema<R> schema;
  private final R config;
  private final Config composed;
  private final Map<String, String> origins;
  private final List<Entry> entries;

  /**
   * One value of a record tree.
   *
   * @param key its full key
   * @param hocon the value as HOCON; empty for an optional value that is not set
   * @param incidental whether its component, or one above it, is {@link Incidental} or at its {@link Default}
   */
  private record Entry(String key, String hocon, boolean incidental) {}

  /**
   * A key with different values in two configurations.
   *
   * @param key the key
   * @param here its value in this configuration, as HOCON; empty if it is not set
   * @param there its value in the other
   */
  public record Difference(String key, String here, String there) {
    @Override
    public String toString() {
      return key + ": " + shown(here) + " here, " + shown(there) + " there";
    }

    private static String shown(String value) {
      return value.isEmpty() ? "not set" : value;
    }
  }

  private ResolvedConfig(
      ConfigSchema<R> schema, R config, Config composed, Map<String, String> origins) {
    this.schema = schema;
    this.composed = composed;
    this.config = config;
    this.origins = Map.copyOf(origins);
    this.entries = new ArrayList<>();
    addRecord(config, "", false);
  }

  /**
   * Reads a file that {@link #render} wrote.
   *
   * @throws ConfigException if the file cannot be read or does not hold exactly one whole configuration
   */
  public static <R extends Record> ResolvedConfig<R> read(ConfigSchema<R> schema, Path file) {
    return read(schema, file, Map.of());
  }

  /**
   * Reads a file that {@link #render} wrote, with other values for some keys.
   *
   * @param replaced values by key
   * @throws ConfigException if the file cannot be read or does not hold exactly one whole configuration
   */
  public static <R extends Record> ResolvedConfig<R> read(
      ConfigSchema<R> schema, Path file, Map<String, ?> replaced) {
    var problems = new ConfigProblems();
    var parsed = new ConfigFolders().parse(file, problems);
    problems.raise();
    for (var entry : replaced.entrySet()) {
      parsed = parsed.withValue(entry.getKey(), ConfigValueFactory.fromAnyRef(entry.getValue()));
    }
    var binder = new RecordBinder(
        schema.root(), problems, key -> Optional.of(ConfigFolders.shown(file)), false);
    return bind(schema, parsed, problems, binder);
  }

  /**
   * Returns the values in a file that {@link #render} wrote, as text and sorted by key. They are not bound to a record, so the file may
   * be from a build with other keys.
   *
   * @throws ConfigException if the file cannot be read
   */
  public static Map<String, String> values(Path file) {
    var problems = new ConfigProblems();
    var parsed = new ConfigFolders().parse(file, problems);
    problems.raise();
    var values = new TreeMap<String, String>();
    parsed.entrySet().forEach(entry -> values.put(entry.getKey(), plain(entry.getValue())));
    return values;
  }

  private static String plain(ConfigValue value) {
    return value.valueType() == ConfigValueType.LIST
        ? value.render(ConfigRenderOptions.concise())
        : Scalars.text(value.unwrapped());
  }

  /** Resolves substitutions and binds the result. */
  static <R extends Record> ResolvedConfig<R> bind(
      ConfigSchema<R> schema, Config merged, ConfigProblems problems, RecordBinder binder) {
    try {
      var resolved = merged.resolve(ConfigResolveOptions.defaults());
      var config = binder.bind(schema.root(), resolved.root());
      problems.raise();
      return new ResolvedConfig<>(schema, config.orElseThrow(), merged, binder.origins());
    } catch (com.typesafe.config.ConfigException e) {
      problems.add(e);
      problems.raise();
      throw e;
    }
  }

  private void addRecord(Record record, String path, boolean incidental) {
    var values = new HashMap<String, Runnable>();
    collect(record, path, "", incidental, values);
    RecordKeys.ordered(record.getClass()).forEach(key -> values.get(key).run());
  }

  /** Collects, by the keys of a section, the actions that add its values. */
  private void collect(
      Record record, String path, String prefix, boolean incidental, Map<String, Runnable> to) {
    for (var component : RecordKeys.of(record.getClass())) {
      boolean below = incidental || component.isAnnotationPresent(Incidental.class);
      var inline = component.getAnnotation(Inline.class);
      var value = read(component, record);
      if (inline != null) {
        collect((Record) value, path, prefix + inline.prefix(), below, to);
      } else {
        var key = prefix + RecordKeys.of(component);
        var standard = component.getAnnotation(Default.class);
        // At its default, a component that was added later does not count as a difference.
        boolean unnoticed = standard != null && text(value).equals(standard.value());
        to.put(key, () -> add(value, RecordKeys.below(path, key), below || unnoticed));
      }
    }
  }

  private void add(Object value, String key, boolean incidental) {
    if (value instanceof Record record) {
      addRecord(record, key, incidental);
    } else if (value instanceof Optional<?> section
        && section.orElse(null) instanceof Record record) {
      addRecord(record, key, incidental);
    } else if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      var sorted = new TreeMap<String, Object>();
      map.forEach((name, entry) -> sorted.put((String) name, entry));
      sorted.forEach((name, entry) -> add(entry, RecordKeys.below(key, name), incidental));
    } else {
      entries.add(new Entry(key, hocon(value), incidental));
    }
  }

  private static String text(Object value) {
    return value instanceof String || value instanceof Path ? value.toString() : hocon(value);
  }

  private static String hocon(Object value) {
    if (value instanceof Map<?, ?>) {
      return "{}";
    }
    if (value instanceof Optional<?> optional) {
      // Of a value that may be several, one is written as it is.
      return optional
          .map(held -> held instanceof List<?> list && list.size() == 1 ? list.get(0) : held)
          .map(ResolvedConfig::hocon)
          .orElse("");
    }
    if (value instanceof List<?> list) {
      return list.stream().map(ResolvedConfig::hocon).collect(Collectors.joining(", ", "[", "]"));
    }
    var text = Scalars.text(value);
    return value instanceof Number || value instanceof Boolean || value instanceof Enum<?>
        ? text
        : ConfigUtil.quoteString(text);
  }

  private static Object read(RecordComponent component, Record record) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the values. */
  public R config() {
    return config;
  }

  /** Returns the origin of the value of {@code key}: {@code file:line}, {@code command line: argument} or {@code default}. */
  public String origin(String key) {
    return origins.getOrDefault(key, RecordBinder.DEFAULT);
  }

  /** Returns the origin of a key, or of the values in a section, which may have several. */
  String originBelow(String key) {
    return entries.stream()
        .map(Entry::key)
        .filter(name -> name.equals(key) || name.startsWith(key + "."))
        .filter(name -> !value(name).isEmpty())
        .map(this::origin)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** Returns the lines {@code key = value} of the values from one origin. */
  public List<String> setBy(String origin) {
    return entries.stream()
        .filter(entry -> !entry.hocon().isEmpty() && origin(entry.key()).equals(origin))
        .map(entry -> entry.key() + " = " + entry.hocon())
        .toList();
  }

  /** Returns the value of a key as HOCON, that of a section as an object; empty if it is not set. */
  String value(String key) {
    return entries.stream()
        .filter(entry -> entry.key().equals(key))
        .findFirst()
        .map(Entry::hocon)
        .orElseGet(() -> section(key + "."));
  }

  private String section(String prefix) {
    var values = plain(entries.stream()
        .filter(entry -> entry.key().startsWith(prefix) && !entry.hocon().isEmpty())
        .map(entry -> new Entry(entry.key().substring(prefix.length()), entry.hocon(), false))
        .toList());
    return values.isEmpty() ? "" : "{ " + values.replace("\n", ", ") + " }";
  }

  /**
   * Returns the whole configuration as HOCON: on each line {@code key = value}, which is also a valid argument, and the origin as
   * a comment. {@link #read} reads the same record from it.
   */
  public String render() {
    return render(entries, Entry::hocon);
  }

  /** Returns what {@link #render} returns, but with substitutions such as {@code ${stage}} in place of their values. */
  public String renderUnresolved() {
    return render(entries, entry -> substitution(entry.key()).orElse(entry.hocon()));
  }

  /**
   * Returns the lines of {@link #render}, or of {@link #renderUnresolved}, for a key or the keys of a section.
   *
   * @throws ConfigException if there are none
   */
  public String render(String section, boolean resolved) {
    var asked = entries.stream()
        .filter(entry -> entry.key().equals(section) || entry.key().startsWith(section + "."))
        .toList();
    if (asked.isEmpty()) {
      var known = Stream.concat(
              schema.groups().stream().map(group -> group.replace('/', '.')),
              RecordKeys.all(schema.root()).stream())
          .toList();
      throw new ConfigException(
          List.of(section + " is not a key" + Suggestion.of(section, known, "")));
    }
    return render(
        asked, resolved ? Entry::hocon : entry -> substitution(entry.key()).orElse(entry.hocon()));
  }

  private String render(List<Entry> shown, Function<Entry, String> value) {
    var text = new StringBuilder();
    var group = shown.isEmpty() ? "" : group(shown.get(0).key());
    for (var entry : shown) {
      var entryGroup = group(entry.key());
      if (!entryGroup.equals(group)) {
        text.append('\n');
      }
      group = entryGroup;
      text.append(line(entry, value.apply(entry))).append('\n');
    }
    return text.toString();
  }

  private String line(Entry entry, String hocon) {
    if (hocon.isEmpty()) {
      return "# " + entry.key() + " is not set";
    }
    var value = entry.key() + " = " + hocon;
    return String.format(
        Locale.ROOT, "%-" + VALUE_COLUMN + "s # %s", value, origin(entry.key()).replace('\n', ' '));
  }

  /** Returns the value of a key before its substitutions were resolved, if it has any. */
  private Optional<String> substitution(String key) {
    return ValueChanges.at(composed, ConfigUtil.splitPath(key))
        .filter(ValueChanges::isUnresolved)
        // A value and those that it overrides, with commas between them.
        .map(value -> ArgumentText.split(value.render(ConfigRenderOptions.concise())))
        .map(values -> values.get(values.size() - 1));
  }

  /** Returns a JSON object with the configuration under {@code config} and the origin of each key under {@code origins}. */
  public String renderJson() {
    var set = entries.stream().filter(entry -> !entry.hocon().isEmpty()).toList();
    var sources = new LinkedHashMap<String, Object>();
    set.forEach(entry -> sources.put(entry.key(), origin(entry.key())));
    return ConfigFactory.parseString(plain(set))
        .root()
        .atKey("config")
        .withValue("origins", ConfigValueFactory.fromMap(sources))
        .root()
        .render(ConfigRenderOptions.concise().setFormatted(true));
  }

  /**
   * Returns the SHA-256 of all values that decide the result of a run: those of {@link Incidental} components, {@link Default}
   * values and groups that only {@linkplain ConfigSchema#decisiveOnlyFor another variant} reads are left out.
   */
  public String fingerprint() {
    return Sha256.of(plain(decisive()));
  }

  /** Returns the values that decide the result of a run, those of {@link #fingerprint}, as HOCON by key. */
  public Map<String, String> decisiveValues() {
    var values = new LinkedHashMap<String, String>();
    decisive().forEach(entry -> values.put(entry.key(), entry.hocon()));
    return values;
  }

  /** Returns the keys of {@link #fingerprint} whose values differ; there are none if and only if the fingerprints are equal. */
  public List<Difference> differences(ResolvedConfig<R> other) {
    var theirs = other.decisiveValues();
    var differences = new ArrayList<Difference>();
    for (var entry : decisive()) {
      var there = theirs.remove(entry.key());
      if (!entry.hocon().equals(there)) {
        differences.add(new Difference(entry.key(), entry.hocon(), there == null ? "" : there));
      }
    }
    theirs.forEach((key, there) -> differences.add(new Difference(key, "", there)));
    return differences;
  }

  /**
   * Returns the {@linkplain #differences(ResolvedConfig) differences} from the configuration in a file that {@link #render} wrote.
   *
   * @throws ConfigException if the file cannot be read or does not hold exactly one whole configuration
   */
  public List<Difference> differences(Path file) {
    return differences(read(schema, file));
  }

  private List<Entry> decisive() {
    var variant = schema
        .variants()
        .flatMap(variants ->
            entries.stream().filter(entry -> entry.key().equals(variants.key())).findFirst())
        .map(Entry::hocon)
        .orElse("");
    return entries.stream()
        .filter(entry -> !entry.incidental())
        .filter(entry -> schema.isDecisive(group(entry.key()), variant))
        .toList();
  }

  /** Returns the group of a key; empty for keys of the root. */
  private static String group(String key) {
    int dot = key.indexOf('.');
    return dot < 0 ? "" : key.substring(0, dot);
  }

  private static String plain(List<Entry> entries) {
    return entries.stream()
        .map(entry -> entry.key() + " = " + entry.hocon())
        .collect(Collectors.joining("\n"));
  }
}
