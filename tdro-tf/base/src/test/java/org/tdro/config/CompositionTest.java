package org.tdro.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tdro.config.server.Server;

/** The order in which files, system properties and arguments override one another. */
class CompositionTest {
  private static final String PROPERTY = "org.tdro.config.server.db.timeout";

  private Path own;
  private Path user;

  /** Where a value may come from; later ones override earlier ones. */
  private enum Layer {
    REFERENCE(0),
    ROOT(1),
    USERS_ROOT(2),
    OPTION(3),
    USERS_OPTION(4),
    PRESET(5),
    SYSTEM_PROPERTY(6),
    ARGUMENT(7);

    private final int timeout;

    Layer(int timeout) {
      this.timeout = timeout;
    }
  }

  @BeforeEach
  @BeforeTry
  void writeFiles() throws IOException {
    own = Files.createTempDirectory("own");
    user = Files.createTempDirectory("user");
    write(own, "config.conf", "defaults { db = mysql, db/engine = innodb }");
    write(own, "db/mysql.conf", "driver = mysql");
    write(own, "db/postgresql.conf", "driver = postgresql", "defaults { engine = heap }");
    write(own, "db/engine/innodb.conf", "kind = innodb", "pages = 16");
    write(own, "db/engine/heap.conf", "kind = heap", "pages = 8");
    write(own, "experiment/large.conf", "db.engine.pages = 64");
  }

  @AfterEach
  @AfterTry
  void removeFiles() throws IOException {
    System.clearProperty(PROPERTY);
    for (var folder : List.of(own, user)) {
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void write(Path folder, String name, String... lines) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, List.of(lines));
  }

  private ConfigComposer<Server> composer() {
    return new ConfigComposer<>(Server.SCHEMA, List.of(user, own));
  }

  private Server compose(String... arguments) {
    return composer().compose(List.of(arguments)).config();
  }

  private List<String> problems(String... arguments) {
    return catchThrowableOfType(ConfigException.class, () -> composer().compose(List.of(arguments)))
        .problems();
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void theHighestLayerWins(@ForAll Set<Layer> layers) throws IOException {
    var arguments = new ArrayList<String>();
    for (var layer : layers) {
      var value = layer.timeout;
      switch (layer) {
        case ROOT ->
          write(
              own,
              "config.conf",
              "defaults { db = mysql, db/engine = innodb }",
              "db.timeout = " + value);
        case USERS_ROOT -> write(user, "config.conf", "db.timeout = " + value);
        case OPTION -> write(own, "db/mysql.conf", "driver = mysql", "timeout = " + value);
        case USERS_OPTION -> write(user, "db/mysql.conf", "driver = mysql", "timeout = " + value);
        case PRESET -> {
          write(own, "experiment/quick.conf", "db.timeout = " + value);
          arguments.add("experiment=quick");
        }
        case SYSTEM_PROPERTY -> System.setProperty(PROPERTY, String.valueOf(value));
        case ARGUMENT -> arguments.add(0, "db.timeout=" + value);
        case REFERENCE -> {
          // Always there, with the value 0.
        }
      }
    }
    assertThat(compose(arguments.toArray(String[]::new)).db().timeout())
        .isEqualTo(layers.stream().mapToInt(layer -> layer.timeout).max().orElse(0));
  }

  @Provide
  Arbitrary<List<String>> changes() {
    var signs = Arbitraries.of("", "+", "++", "~");
    var keys = Arbitraries.of("a", "b", "\"c.d\"");
    var numbers = Arbitraries.integers().between(1, 2);
    return Combinators.combine(signs, keys, numbers)
        .as((sign, key, n) -> sign + "db.options." + key + (sign.equals("~") ? "" : "=" + n))
        .list()
        .ofMaxSize(8);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void argumentsChangeAMapOneAfterTheOther(
      @ForAll("changes") @Size(max = 8) List<String> arguments) {
    var expected = new HashMap<String, Integer>();
    var refused = new LinkedHashSet<String>();
    for (var argument : arguments) {
      var parts =
          argument.replaceFirst("^[+~]*db.options.", "").replace("\"", "").split("=", -1);
      boolean present = expected.containsKey(parts[0]);
      boolean adds = argument.startsWith("+") && !argument.startsWith("++");
      if ((argument.startsWith("~") && !present) || (adds && present)) {
        refused.add(argument);
      }
      if (argument.startsWith("~")) {
        expected.remove(parts[0]);
      } else {
        expected.put(parts[0], Integer.valueOf(parts[1]));
      }
    }
    if (refused.isEmpty()) {
      assertThat(compose(arguments.toArray(String[]::new)).db().options()).isEqualTo(expected);
    } else {
      assertThat(problems(arguments.toArray(String[]::new)))
          .allSatisfy(problem -> assertThat(problem).containsAnyOf("is set already", "is not set"))
          .extracting(problem -> problem.replaceAll("command line: (.*?): .*", "$1"))
          .containsOnly(refused.toArray(String[]::new));
    }
  }

  @Test
  void aGroupWithinAGroupHasOptions() {
    assertThat(compose().db().engine()).isEqualTo(new Server.Engine("innodb", 16));
    assertThat(compose("db/engine=heap").db().engine()).isEqualTo(new Server.Engine("heap", 8));
    assertThat(compose("db/engine=heap", "db.engine.pages=1").db().engine().pages())
        .isEqualTo(1);
    assertThat(compose("experiment=large", "db/engine=heap").db().engine())
        .isEqualTo(new Server.Engine("heap", 64));
    assertThat(problems("db/engine=hepa"))
        .containsExactly(
            "command line: db/engine=hepa: db/engine has no option hepa (there are heap, innodb); did you mean db/engine=heap?");
    assertThat(problems("~db/engine"))
        .containsExactly(
            "command line: ~db/engine: db.engine.kind is missing; it is a string",
            "command line: ~db/engine: db.engine.pages is missing; it is a whole number");
    assertThat(problems("+db/engine=heap", "~db=postgresql"))
        .containsExactly(
            "command line: ~db=postgresql: the option of db is mysql (" + own + "/config.conf:1)",
            "command line: +db/engine=heap: db/engine=innodb is chosen already (" + own
                + "/config.conf:1); write db/engine=heap to choose another",
            "command line: ~db=postgresql: db.driver is missing; it is a string");
  }

  @Test
  void anOptionHasDefaultsOfItsOwn() throws IOException {
    write(own, "config.conf", "defaults { db = mysql }");
    assertThat(compose("db=postgresql").db().engine()).isEqualTo(new Server.Engine("heap", 8));
    assertThat(compose("db=postgresql", "db/engine=innodb").db().engine().kind())
        .isEqualTo("innodb");
    write(
        own,
        "db/postgresql.conf",
        "driver = postgresql",
        "defaults { engine = heap }",
        "engine.pages = 3");
    assertThat(compose("db=postgresql").db().engine()).isEqualTo(new Server.Engine("heap", 3));
    write(
        own,
        "db/postgresql.conf",
        "driver = postgresql",
        "defaults = [_self_, {engine = heap}]",
        "engine.pages = 3");
    assertThat(compose("db=postgresql").db().engine()).isEqualTo(new Server.Engine("heap", 8));
    write(own, "db/postgresql.conf", "defaults = [mysql], driver = postgresql");
    assertThat(compose("db=postgresql", "db/engine=heap").db().driver()).isEqualTo("postgresql");
    write(own, "db/postgresql.conf", "defaults = [postgresql]");
    assertThat(problems("db=postgresql", "db/engine=heap"))
        .contains(own + "/db/postgresql.conf: is among its own defaults");
  }

  @Test
  void aListOfDefaultsSaysWhereTheFileItselfComes() throws IOException {
    var last = "defaults = [{db = mysql}, {db/engine = heap}, _self_], db.engine.pages = 1";
    write(user, "config.conf", last);
    assertThat(compose().db().engine()).isEqualTo(new Server.Engine("heap", 1));
    write(user, "config.conf", last.replace(", _self_", ""));
    assertThat(compose().db().engine()).isEqualTo(new Server.Engine("heap", 1));
    write(user, "config.conf", last.replace(", _self_", "").replace("[", "[_self_, "));
    assertThat(compose().db().engine()).isEqualTo(new Server.Engine("heap", 8));
    write(user, "config.conf", "defaults { db/engine = heap }, db.engine.pages = 1");
    assertThat(compose().db().engine()).isEqualTo(new Server.Engine("heap", 8));
    write(user, "config.conf", "defaults = [{override /db/engine = heap}, {optional db = none}]");
    assertThat(problems())
        .containsExactly(user + "/config.conf: db.driver is missing; it is a string");
  }

  @Test
  void otherFormsOfDefaultsAreRefusedByName() throws IOException {
    write(
        user,
        "config.conf",
        "defaults = [{\"db@backup\" = mysql}, {db = [mysql, postgresql]}, {db = ${name}}, 7, nothing]");
    var place = user + "/config.conf:1: ";
    assertThat(problems())
        .containsExactlyInAnyOrder(
            place + "defaults has 7; write {group = option}, a file or _self_",
            place
                + "defaults.db@backup moves a group to another package: the options of a group always set the section of its name",
            place
                + "defaults.db has several options: a group has one; join them in a file with include",
            place
                + "defaults.db depends on values, which are known only after the choices; name the option",
            user + "/config.conf: defaults has nothing, but there is no file nothing.conf");
    write(user, "config.conf", "defaults { db@backup = mysql }", "name = ${oc.env:HOME}");
    assertThat(problems())
        .containsExactly(place + "defaults { db@backup = mysql }" + Argument.MOVES_A_GROUP);
    write(user, "config.conf", "name = ${oc.env:HOME,me}");
    assertThat(problems())
        .singleElement()
        .asString()
        .contains("asks OmegaConf for the environment: write ${HOME}, or ${?HOME}");
    write(user, "config.conf", "defaults = mysql");
    assertThat(problems())
        .containsExactly(place
            + "defaults must be a section { group = option } or a list [{group = option}, _self_]");
    write(user, "config.conf", "");
    write(user, "db/moved.conf", "# @package other", "driver = x");
    assertThat(problems("db=moved"))
        .singleElement()
        .asString()
        .contains("db/moved.conf: @package has no effect");
  }

  @Test
  void anotherRootFile() throws IOException {
    write(user, "other.conf", "defaults = [config, {db/engine = heap}, _self_], name = other");
    var other = composer().root("other");
    assertThat(other.compose(List.of()).config())
        .isEqualTo(new Server(
            80, "other", new Server.Db("mysql", 0, new Server.Engine("heap", 8), Map.of())));
    assertThat(other.sources(List.of("+experiment=large")))
        .extracting(ConfigComposer.Source::file)
        .containsExactly(
            "reference.conf",
            own + "/config.conf",
            own + "/db/mysql.conf",
            own + "/db/engine/heap.conf",
            user + "/other.conf",
            own + "/experiment/large.conf");
  }

  @Test
  void aSystemPropertyThatNamesNothingIsRefused() {
    System.setProperty(PROPERTY + "s", "5");
    try {
      assertThat(problems())
          .containsExactly("system property " + PROPERTY + "s: db.timeouts=5: "
              + "db.timeouts is not known; did you mean db.timeout?");
    } finally {
      System.clearProperty(PROPERTY + "s");
    }
  }

  @Test
  void theEnvironmentIsSubstituted() throws IOException {
    write(user, "config.conf", "name = set", "name = ${?TDRO_NO_SUCH_VARIABLE}");
    assertThat(compose().name()).isEqualTo("set");
    assertThat(compose("name=${PATH}").name()).isEqualTo(System.getenv("PATH"));
    assertThatThrownBy(() -> compose("name=${TDRO_NO_SUCH_VARIABLE}"))
        .hasMessageContaining("Could not resolve substitution");
  }

  @Test
  void valuesAreRemoved() {
    assertThat(compose("db.options={a: 1, b: 2}", "~db.options.a").db().options())
        .containsOnlyKeys("b");
    assertThat(
            compose("db.options.a=1", "~db.options.a=1", "+db.options.a=2").db().options())
        .containsEntry("a", 2);
    assertThat(problems("db.options.a=1", "~db.options.a=2", "~port", "~db.option"))
        .containsExactly(
            "command line: ~db.option: db.option is not known; did you mean db.options?",
            "command line: ~db.options.a=2: db.options.a is 1 (command line: db.options.a=1)",
            "command line: ~port: port cannot be without a value; give it another one");
  }

  @Test
  void substitutionsAreShownOnRequest() throws IOException {
    write(user, "config.conf", "name = ${db.driver}-server");
    var config = composer().compose(List.of());
    assertThat(config.render("name", true)).startsWith("name = \"mysql-server\"");
    assertThat(config.render("name", false)).startsWith("name = ${db.driver}\"-server\"");
    assertThatThrownBy(() -> config.render("nam", true))
        .hasMessage("nam is not a key; did you mean name?");
  }

  @Test
  void valuesOfANamedFolderAreInPlaceOfDefaultsAndMayBeRemoved() {
    var values = Map.of("db", Map.of("timeout", 9, "options", Map.of("a", 1, "b", 2)));
    var schema = Server.SCHEMA.defaultsFrom("name", path -> values);
    var composer = new ConfigComposer<>(schema, List.of(user, own));
    var config = composer.compose(List.of("name=" + own, "~db.options.a", "++db.options.c=3"));
    assertThat(config.config().db().options()).isEqualTo(Map.of("b", 2, "c", 3));
    assertThat(config.setBy(own.toString())).containsExactly("db.timeout = 9", "db.options.b = 2");
    assertThatThrownBy(() -> composer.compose(List.of("name=" + own, "+db.options.a=5")))
        .hasMessageContaining("db.options.a is set already (" + own + ")");
  }
}
