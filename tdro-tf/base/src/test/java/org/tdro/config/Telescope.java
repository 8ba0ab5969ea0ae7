package org.tdro.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tdro.io.Checks;

/** The configuration of a program that has nothing to do with this project: every kind of component there is. */
record Telescope(
    Mode mode,
    long number,
    @Incidental Path log,
    Mirror mirror,
    Night night,
    @Default("5") int patience,
    @Default("none") String guide,
    Map<String, Filter> filters,
    Optional<Dome> dome) {
  static final ConfigSchema<Telescope> SCHEMA = new ConfigSchema<>(Telescope.class)
      .presets("plan")
      .variants("mode", "modes")
      .folderArgument("night", "targets", "targets")
      .decisiveOnlyFor("survey", "night");

  enum Mode {
    SURVEY,
    SINGLE_TARGET,
    @Key("off")
    PARKED
  }

  @KeyOrder({"width", "coating", "focus-metres", "focus-steps", "curved"})
  record Mirror(
      float width, @Inline(prefix = "focus-") Focus focus, String coating, boolean curved) {
    Mirror {
      new Checks().positive("width", width).done();
    }
  }

  record Focus(@Key("metres") double length, int steps) {
    Focus {
      new Checks().positive("length", length).atLeast(1, "steps", steps).done();
    }
  }

  record Night(
      @InputFile(words = "sky") String targets, List<Double> exposures, List<Mode> modes) {}

  record Filter(int from, int to) {
    Filter {
      new Checks()
          .that(to > from, "to must be above from = " + from + ", was " + to)
          .done();
    }
  }

  record Dome(Shutter shutter) {}

  record Shutter(double seconds) {}
}
