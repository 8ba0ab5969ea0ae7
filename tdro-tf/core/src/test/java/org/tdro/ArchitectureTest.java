package org.tdro;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** The floors of the library and the habits that a compiler does not see. */
@AnalyzeClasses(packages = "org.tdro", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  /** The rooms, lowest floor first, each with the rooms below that it may import; packages inside a room belong to it. */
  private static final Map<String, List<String>> FLOORS = new LinkedHashMap<>();

  static {
    FLOORS.put("io", List.of());
    FLOORS.put("config", List.of("io"));
    FLOORS.put("text", List.of("io"));
    FLOORS.put("keras", List.of("io", "config"));
    FLOORS.put("serving.client", List.of("io", "text"));
    FLOORS.put("rows", List.of("io", "text"));
    FLOORS.put("search", List.of("io", "rows"));
    FLOORS.put("evaluation", List.of("io", "config", "rows", "search"));
    FLOORS.put("models", List.of("io", "config", "keras"));
    FLOORS.put("runs", List.of("io", "config", "keras"));
    FLOORS.put("data", List.of("io", "text", "rows", "keras"));
    FLOORS.put("huggingface", List.of("io", "text", "keras", "search", "models"));
    FLOORS.put(
        "retriever",
        List.of(
            "io", "config", "text", "keras", "search", "rows", "models", "data", "huggingface"));
    FLOORS.put("mixing", List.of("io", "config", "keras", "rows", "search", "data", "retriever"));
    FLOORS.put(
        "export",
        List.of(
            "io",
            "text",
            "keras",
            "rows",
            "search",
            "serving.client",
            "models",
            "data",
            "huggingface",
            "retriever"));
    FLOORS.put("serving", List.of("io", "text", "serving.client"));
    FLOORS.put("training", List.copyOf(FLOORS.keySet()));
  }

  /** Calls whose result depends on the machine or the moment, as {@code Type.method(Parameter, …)}. */
  private static final Set<String> DEPENDS_ON_THE_MACHINE = Set.of(
      "String.format(String, Object[])",
      "String.toLowerCase()",
      "String.toUpperCase()",
      "String.getBytes()",
      "String.<init>(byte[])",
      "String.<init>(byte[], int, int)",
      "ByteArrayOutputStream.toString()",
      "InputStreamReader.<init>(InputStream)",
      "OutputStreamWriter.<init>(OutputStream)",
      "PrintStream.<init>(OutputStream)",
      "PrintStream.<init>(OutputStream, boolean)",
      "PrintStream.printf(String, Object[])",
      "PrintWriter.<init>(OutputStream)",
      "PrintWriter.<init>(OutputStream, boolean)",
      "PrintWriter.printf(String, Object[])",
      "FileReader.<init>(String)",
      "FileReader.<init>(File)",
      "FileWriter.<init>(String)",
      "FileWriter.<init>(File)",
      "Scanner.<init>(InputStream)",
      "Scanner.<init>(Path)",
      "Charset.defaultCharset()",
      "Locale.getDefault()",
      "ZoneId.systemDefault()",
      "NumberFormat.getInstance()",
      "DecimalFormat.<init>(String)",
      "SimpleDateFormat.<init>(String)");

  @ArchTest
  static final ArchRule everyClassHasARoom = classes()
      .that()
      .resideOutsideOfPackage("org.tdro.testing..")
      .should()
      .resideInAnyPackage(rooms(FLOORS.keySet().stream()))
      .because("a class is where a stranger looks first: a new room is added to the floors here"
          + " and to docs/architecture.md");

  @ArchTest
  static final ArchRule roomsImportOnlyRoomsBelow = allOf(FLOORS.keySet().stream()
      .map(room -> noClasses()
          .that()
          .resideInAPackage(room(room))
          .and()
          .resideOutsideOfPackages(roomsWithin(room))
          .should()
          .dependOnClassesThat(resideInAPackage("org.tdro..")
              .and(not(resideInAnyPackage(
                  rooms(Stream.concat(Stream.of(room), FLOORS.get(room).stream()))))))
          .because(room + " may import only " + FLOORS.get(room) + " of ours")));

  @ArchTest
  static final ArchRule settingsCarryAnnotationsOnly = noClasses()
      .that()
      .resideInAnyPackage(rooms(Stream.of("keras", "models", "retriever", "mixing")))
      .should()
      .dependOnClassesThat(resideInAPackage("org.tdro.config..")
          .and(describe("are not annotations", type -> !type.isAnnotation())))
      .because("these rooms say how their settings are written; training composes them");

  @ArchTest
  static final ArchRule packagesHaveNoCycles = slices()
      .matching("org.tdro.(**)")
      .should()
      .beFreeOfCycles()
      .because("packages that need each other are one package");

  @ArchTest
  static final ArchRule tensorFlowStaysWithModels = noClasses()
      .that()
      .resideInAnyPackage(rooms(Stream.of(
          "io", "config", "text", "rows", "search", "evaluation", "serving.client", "data")))
      .should()
      .dependOnClassesThat()
      .resideInAPackage("org.tensorflow..")
      .because("files, tokens, rankings and batches are used without a graph, and tested so");

  @ArchTest
  static final ArchRule foreignFormatsStayInTheirRooms = allOf(Stream.of(
      only("ai.djl..", "text"),
      only("org.apache.arrow..", "data", "search", "rows"),
      only("org.apache.lucene..", "search"),
      only("org.apache.parquet..", "rows"),
      only("org.apache.commons.csv..", "rows"),
      only("opennlp..", "rows"),
      only("com.typesafe.config..", "config"),
      only("org.apache.commons.statistics..", "evaluation"),
      only("io.micrometer..", "runs", "training", "serving"),
      only("io.grpc..", "serving")));

  @ArchTest
  static final ArchRule theLibraryDoesNotWriteToTheConsole = noClasses()
      .should()
      .accessField(System.class, "out")
      .orShould()
      .accessField(System.class, "err")
      .orShould()
      .callMethod(Throwable.class, "printStackTrace")
      .because("a library logs; what stands on standard output is the command's to decide");

  @ArchTest
  static final ArchRule nothingIsDrawnFromAHiddenState = noClasses()
      .should()
      .dependOnClassesThat()
      .belongToAnyOf(Random.class, SplittableRandom.class, ThreadLocalRandom.class)
      .orShould()
      .callMethod(Math.class, "random")
      .orShould()
      .callMethod(UUID.class, "randomUUID")
      .because("a run is a function of configuration, data and seed: io.CounterRandom and"
          + " keras.Initializer draw from (seed, index)");

  /** {@code "…".formatted(…)} is not on the list: it is for messages, never for what is stored or compared. */
  @ArchTest
  static final ArchRule nothingDependsOnTheMachine = noClasses()
      .should()
      .callCodeUnitWhere(describe(
          "depends on the default charset, locale or time zone",
          call -> DEPENDS_ON_THE_MACHINE.contains(signature(call))))
      .because("the same run writes the same bytes everywhere: name the charset and the locale");

  private static ArchRule only(String foreign, String... rooms) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(rooms(Stream.of(rooms)))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(foreign)
        .because(foreign + " is hidden in " + List.of(rooms));
  }

  private static ArchRule allOf(Stream<? extends ArchRule> rules) {
    return CompositeArchRule.of(rules.toList());
  }

  private static String signature(JavaCall<?> call) {
    var target = call.getTarget();
    var parameters = target.getRawParameterTypes().stream().map(type -> type.getSimpleName());
    return target.getOwner().getSimpleName() + "." + target.getName() + "("
        + String.join(", ", parameters.toList()) + ")";
  }

  /** Rooms of their own whose packages lie inside that of {@code room}. */
  private static String[] roomsWithin(String room) {
    return rooms(FLOORS.keySet().stream().filter(other -> other.startsWith(room + ".")));
  }

  private static String room(String name) {
    return "org.tdro." + name + "..";
  }

  private static String[] rooms(Stream<String> names) {
    return names.map(ArchitectureTest::room).toArray(String[]::new);
  }
}
