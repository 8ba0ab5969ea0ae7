package org.tdro.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tdro.testing.Checkout;

/**
 * Maven projects outside the checkout, which know the artifacts by their coordinates alone and see none of the parent's versions.
 * The artifacts lie in a repository of the test's own, in which everything else is a link into the user's.
 */
class ConsumerProjectTest {
  private static final String VERSION = "0.1.0-SNAPSHOT";

  @TempDir
  Path folder;

  @Test
  void everyArtifactWorksByItself() throws Exception {
    assumeThat(Checkout.path("tdro-tf/core/target/tdro-tf-" + VERSION + ".jar"))
        .as("packaged before this module is tested")
        .exists();
    var repository = repository();
    project("keras-user", "tdro-keras");
    var example = folder.resolve("keras-user/src/main/java/org/tdro/keras/example");
    var sources = "tdro-tf/keras/src/test/java/org/tdro/keras/example/";
    copy(sources + "FirstModel.java", example.resolve("FirstModel.java"));
    copy(sources + "Digits.java", example.resolve("Digits.java"));
    copy(
        "tdro-tf/keras/src/test/resources/org/tdro/keras/example/digits.csv.gz",
        folder.resolve("keras-user/src/main/resources/org/tdro/keras/example/digits.csv.gz"));
    for (var user : List.of("client-user", "core-user")) {
      project(user, user.equals("core-user") ? "tdro-tf" : "tdro-client");
      write(folder.resolve(user + "/src/main/java/Json.java"), """
          import com.fasterxml.jackson.annotation.JsonProperty;
          import com.fasterxml.jackson.databind.json.JsonMapper;

          public class Json {
            public record Row(@JsonProperty("text") String text) {}

            public static void main(String[] arguments) throws Exception {
              System.out.println(new JsonMapper().readValue("{\\"text\\": \\"read\\"}", Row.class).text());
            }
          }
          """);
    }
    write(folder.resolve("pom.xml"), """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>outside</groupId>
          <artifactId>all</artifactId>
          <version>1</version>
          <packaging>pom</packaging>
          <modules><module>keras-user</module><module>client-user</module><module>core-user</module></modules>
        </project>
        """);
    run(
        folder,
        "mvn",
        "-q",
        "-B",
        "-ntp",
        "-nsu",
        "-Dmaven.repo.local=" + repository,
        "compile",
        "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath",
        "-Dmdep.outputFile=target/classpath");

    assertThat(java("keras-user", "org.tdro.keras.example.FirstModel")).contains("accuracy 0.9");
    assertThat(java("client-user", "Json")).contains("read");
    assertThat(java("core-user", "Json")).contains("read");
    assertThat(classpath("client-user"))
        .doesNotContain("tensorflow", "arrow", "micrometer", "typesafe");
    // One protobuf of those that gRPC and TensorFlow Java ask for, and the newer.
    assertThat(classpath("core-user")).contains("grpc-stub").doesNotContain("protobuf-java-3.21");
    assertThat(classpath("keras-user")).doesNotContain("djl", "arrow", "jackson", "typesafe");
  }

  /** A local repository of links, but for the project's own group. */
  private Path repository() throws IOException {
    var user = Path.of(System.getProperty(
        "maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));
    var repository = folder.resolve("repository");
    link(user, repository, "org");
    link(user.resolve("org"), repository.resolve("org"), "tdro");
    var group = repository.resolve("org/tdro");
    copy("pom.xml", group.resolve(name("tdro-parent", "pom")));
    for (var module : List.of("base", "text", "keras", "client", "core")) {
      var artifact = module.equals("core") ? "tdro-tf" : "tdro-" + module;
      copy("tdro-tf/" + module + "/pom.xml", group.resolve(name(artifact, "pom")));
      copy(
          "tdro-tf/" + module + "/target/" + artifact + "-" + VERSION + ".jar",
          group.resolve(name(artifact, "jar")));
    }
    return repository;
  }

  /** JUnit warns of every link that it finds in its folder. */
  @AfterEach
  void removeLinks() throws IOException {
    for (var links : List.of("repository", "repository/org")) {
      if (!Files.exists(folder.resolve(links))) {
        continue;
      }
      try (var entries = Files.list(folder.resolve(links))) {
        for (var entry : entries.filter(Files::isSymbolicLink).toList()) {
          Files.delete(entry);
        }
      }
    }
  }

  private static void link(Path from, Path to, String except) throws IOException {
    Files.createDirectories(to);
    try (var entries = Files.list(from)) {
      for (var entry : entries.toList()) {
        if (!entry.getFileName().toString().equals(except)) {
          Files.createSymbolicLink(to.resolve(entry.getFileName()), entry);
        }
      }
    }
  }

  private static String name(String artifact, String extension) {
    return artifact + "/" + VERSION + "/" + artifact + "-" + VERSION + "." + extension;
  }

  private void project(String name, String artifact) throws IOException {
    write(folder.resolve(name + "/pom.xml"), """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>outside</groupId>
          <artifactId>%s</artifactId>
          <version>1</version>
          <properties>
            <maven.compiler.release>17</maven.compiler.release>
            <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          </properties>
          <dependencies>
            <dependency><groupId>org.tdro</groupId><artifactId>%s</artifactId><version>%s</version></dependency>
          </dependencies>
          <build><plugins>
            <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
            <plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
          </plugins></build>
        </project>
        """.formatted(name, artifact, VERSION));
  }

  private String classpath(String project) throws IOException {
    return Files.readString(folder.resolve(project + "/target/classpath"));
  }

  /** Returns what {@code main} prints when it runs like any other application, without flags. */
  private String java(String project, String main) throws Exception {
    var classes = folder.resolve(project + "/target/classes") + File.pathSeparator;
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return run(folder, java, "-Xmx1g", "-cp", classes + classpath(project), main);
  }

  private String run(Path where, String... command) throws Exception {
    var output = Files.createTempFile(folder, "output", ".txt");
    var process = new ProcessBuilder(command)
        .directory(where.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES))
        .as(String.join(" ", command))
        .isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }

  private static void copy(String from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(Checkout.path(from), to);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
