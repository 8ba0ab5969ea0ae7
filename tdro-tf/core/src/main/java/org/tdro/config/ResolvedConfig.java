package org.tdro.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValueFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A configuration after composition, with where each of its values came from. */
public final class ResolvedConfig {
  private static final int VALUE_COLUMN = 60;

  private final TdroConfig config;
  private final Map<String, String> origins;
  private final List<Leaf> leaves;

  ResolvedConfig(TdroConfig config, Map<String, String> origins) {
    this.config = config;
    this.origins = Map.copyOf(origins);
    this.leaves = Leaf.of(config);
  }

  /**
   * Reads what {@link #render} wrote.
   *
   * @throws ConfigException if the file cannot be read or says anything but one whole configuration
   */
  public static ResolvedConfig read(Path file) {
    var problems = new Problems();
    var parsed = new ConfigFolders(List.of()).parse(file, problems);
    problems.raise();
    return bind(
        parsed,
        problems,
        new RecordBinder(problems, key -> Optional.of(ConfigFolders.shown(file)), false));
  }

  /** Resolves substitutions and binds what is left. */
  static ResolvedConfig bind(
      com.typesafe.config.Config merged, Problems problems, RecordBinder binder) {
    try {
      var resolved = merged.resolve(ConfigResolveOptions.defaults());
      var config = binder.bind(TdroConfig.class, resolved.root());
      problems.raise();
      return new ResolvedConfig(config.orElseThrow(), binder.origins());
    } catch (com.typesafe.config.ConfigException e) {
      problems.add(e);
      problems.raise();
      throw e;
    }
  }

  /** The values. */
  public TdroConfig config() {
    return config;
  }

  /** Where the value of {@code key} came from: {@code file:line}, {@code command line: argument} or {@code default}. */
  public String origin(String key) {
    return origins.getOrDefault(key, RecordBinder.DEFAULT);
  }

  /**
   * The whole configuration as HOCON, a {@code key = value} a line with its origin as a comment; every line is also a valid argument.
   * {@link #read} makes the same record of it.
   */
  public String render() {
    var text = new StringBuilder();
    var group = "";
    for (var leaf : leaves) {
      var dot = leaf.key().indexOf('.');
      var leafGroup = dot < 0 ? "" : leaf.key().substring(0, dot);
      if (!leafGroup.equals(group)) {
        text.append('\n');
      }
      group = leafGroup;
      text.append(line(leaf)).append('\n');
    }
    return text.toString();
  }

  private String line(Leaf leaf) {
    if (leaf.hocon().isEmpty()) {
      return "# " + leaf.key() + " is not set";
    }
    var value = leaf.key() + " = " + leaf.hocon();
    return String.format(
        Locale.ROOT, "%-" + VALUE_COLUMN + "s # %s", value, origin(leaf.key()).replace('\n', ' '));
  }

  /** An object with the configuration under {@code config} and the origin of each key under {@code origins}. */
  public String renderJson() {
    var set = leaves.stream().filter(leaf -> !leaf.hocon().isEmpty()).toList();
    var sources = new LinkedHashMap<String, Object>();
    set.forEach(leaf -> sources.put(leaf.key(), origin(leaf.key())));
    return ConfigFactory.parseString(plain(set))
        .root()
        .atKey("config")
        .withValue("origins", ConfigValueFactory.fromMap(sources))
        .root()
        .render(ConfigRenderOptions.concise().setFormatted(true));
  }

  /**
   * SHA-256 over all that decides what a run learns. Left out are the output folder, how the run is shown, saved and fed, what is
   * done with its result, and outside of stage dro the section {@code dro}.
   */
  public String fingerprint() {
    try {
      var bytes = plain(decisive()).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The keys of {@link #fingerprint} whose values differ; empty exactly if the fingerprints are equal. */
  public List<Difference> differences(ResolvedConfig other) {
    var theirs = new LinkedHashMap<String, String>();
    other.decisive().forEach(leaf -> theirs.put(leaf.key(), leaf.hocon()));
    var differences = new ArrayList<Difference>();
    for (var leaf : decisive()) {
      var there = theirs.remove(leaf.key());
      if (!leaf.hocon().equals(there)) {
        differences.add(Difference.of(leaf.key(), leaf.hocon(), there));
      }
    }
    theirs.forEach((key, there) -> differences.add(Difference.of(key, null, there)));
    return differences;
  }

  private List<Leaf> decisive() {
    return leaves.stream()
        .filter(leaf -> !leaf.incidental())
        .filter(leaf -> config.stage() == Stage.DRO || !leaf.key().startsWith("dro."))
        .toList();
  }

  private static String plain(List<Leaf> leaves) {
    return leaves.stream()
        .map(leaf -> leaf.key() + " = " + leaf.hocon())
        .collect(Collectors.joining("\n"));
  }
}
