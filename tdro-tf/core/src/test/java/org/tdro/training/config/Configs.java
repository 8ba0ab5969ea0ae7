package org.tdro.training.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tdro.config.ConfigComposer;
import org.tdro.config.ResolvedConfig;
import org.tdro.testing.Checkout;

/** The repository's configuration, alone or with a user's folder before it. */
final class Configs {
  static final Path BUILT_IN = Checkout.path("configs");

  private Configs() {}

  static ResolvedConfig<RunConfig> compose(String... arguments) {
    return new ConfigComposer<>(RunConfig.SCHEMA, List.of(BUILT_IN)).compose(List.of(arguments));
  }

  static ConfigComposer<RunConfig> with(Path userFolder) {
    return new ConfigComposer<>(RunConfig.SCHEMA, List.of(userFolder, BUILT_IN));
  }

  /** Writes {@code lines} to {@code name} below {@code folder}. */
  static Path write(Path folder, String name, String... lines) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(Optional.ofNullable(file.getParent()).orElseThrow());
    return Files.writeString(file, String.join("\n", lines) + "\n");
  }
}
