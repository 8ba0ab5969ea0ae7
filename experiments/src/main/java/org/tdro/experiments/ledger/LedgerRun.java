package org.tdro.experiments.ledger;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A row of the ledger: a run, or the runs of a {@linkplain SeedGroup group} together.
 *
 * @param folder the folder of the run, of a group that of its first run
 * @param facts what is known of it; a name occurs once
 */
public record LedgerRun(Path folder, List<Fact> facts) {
  /** The name of the folder as it is to be shown. */
  public static final String PATH = "path";

  /** The name of the stage. */
  public static final String STAGE = "stage";

  /** The name of the {@link Status}. */
  public static final String STATUS = "status";

  /** The name of the seed. */
  public static final String SEED = "seed";

  /** The name of the time at which it began, in UTC. */
  public static final String STARTED = "started";

  /** The name of the seconds that it took. */
  public static final String SECONDS = "seconds";

  /** The name of the largest resident size of its process, in MiB. */
  public static final String MEMORY = "memory";

  /** The name of the step of the model that was kept, where that is not the last. */
  public static final String KEPT_STEP = "kept-step";

  /** The name of what became of the model of a complete run, if it is no longer there. */
  public static final String MODEL = "model";

  /** The value of {@link #MODEL}. */
  public static final String DELETED = "deleted";

  /** The name of the loss by which runs are compared, the mean over the last steps of the log. */
  public static final String LOSS = "loss";

  /** Begins the names of the last values of its log, such as {@code log.loss}. */
  public static final String LOG = "log.";

  /** Begins the names of evaluation values: {@code eval.MEASURE}, the mean over the sets, and {@code eval.SET.MEASURE}. */
  public static final String EVAL = "eval.";

  /** Begins the names of values on development queries: {@code dev.MEASURE} and {@code dev.SET.MEASURE}, those of the model. */
  public static final String DEVELOPMENT = "dev.";

  /** Begins the names of the fingerprints of inputs. */
  public static final String INPUTS = "inputs.";

  /** Begins the names of the fingerprints of the rows of domains. */
  public static final String DOMAINS = "domains.";

  /** Begins the names of versions. */
  public static final String VERSIONS = "versions.";

  /** The state of a run. */
  public enum Status {
    COMPLETE,
    /** Begun, and not running now. */
    UNFINISHED,
    /** A process holds its lock. */
    RUNNING;

    /** Returns the value of the fact {@link #STATUS}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public LedgerRun {
    facts = List.copyOf(facts);
  }

  /** Returns the value of that name, if the run has it. */
  public Optional<String> value(String name) {
    for (var fact : facts) {
      if (fact.name().equals(name)) {
        return Optional.of(fact.value());
      }
    }
    return Optional.empty();
  }

  /** Returns the number of that name; empty if the run has no such value, or it is not a number. */
  public OptionalDouble number(String name) {
    var value = value(name);
    return value.isPresent() ? parsed(value.get()) : OptionalDouble.empty();
  }

  /** Returns the number that a text denotes, if it denotes one. */
  public static OptionalDouble parsed(String text) {
    if (text.isEmpty() || "+-.0123456789NI".indexOf(text.charAt(0)) < 0) {
      return OptionalDouble.empty();
    }
    char last = text.charAt(text.length() - 1);
    if (last == 'd' || last == 'f' || last == 'D' || last == 'F') {
      // Java's suffixes of types.
      return OptionalDouble.empty();
    }
    try {
      return OptionalDouble.of(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  /** Returns the facts of a kind, in their order. */
  public Stream<Fact> facts(Fact.Kind kind) {
    return facts.stream().filter(fact -> fact.kind() == kind);
  }

  /** Returns whether the run is in that state. */
  public boolean is(Status status) {
    return value(STATUS).filter(status.word()::equals).isPresent();
  }

  /** Returns the folder as it is to be shown. */
  public String path() {
    return value(PATH).orElseGet(folder::toString);
  }
}
