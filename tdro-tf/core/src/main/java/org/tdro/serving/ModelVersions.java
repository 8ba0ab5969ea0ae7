package org.tdro.serving;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the highest version of a folder and looks for others. A new version is loaded and run before it takes the place of
 * the old one, which is closed when its last request has ended; one that cannot be loaded changes nothing.
 */
final class ModelVersions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelVersions.class);

  private final VersionFolders folders;
  private final ServerOptions options;
  private final ServerMetrics metrics;
  private final Thread watch = new Thread(this::watch, "watch for versions");
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile ServedModel current;

  /** Versions that were served before and may still be in use. */
  private final Map<Long, ServedModel> retired = new ConcurrentSkipListMap<>();

  /** Versions that were served before and are closed. */
  private final Set<Long> ended = new ConcurrentSkipListSet<>();

  private final Map<Long, String> failures = new ConcurrentSkipListMap<>();

  /** The files of the candidate when they were last looked at, and when loading last failed. */
  private String seen = "";

  private String failed = "";

  private ModelVersions(VersionFolders folders, ServerOptions options, ServerMetrics metrics) {
    this.folders = folders;
    this.options = options;
    this.metrics = metrics;
  }

  /**
   * Loads the highest version and begins to watch the folder.
   *
   * @throws IllegalArgumentException if there is none or it cannot be loaded
   */
  static ModelVersions open(Path base, ServerOptions options, ServerMetrics metrics) {
    var folders = new VersionFolders(base);
    var highest = folders.find().lastEntry();
    if (highest == null) {
      throw new IllegalArgumentException(
          base + " holds no version: give the folder around what tdro export wrote, as BASE of"
              + " BASE/1, or that folder itself");
    }
    var versions = new ModelVersions(folders, options, metrics);
    versions.current = ServedModel.load(highest.getValue(), highest.getKey(), options, metrics);
    versions.watch.setDaemon(true);
    versions.watch.start();
    return versions;
  }

  /** A lease of a model, which stays open until the lease is closed. */
  record Lease(ServedModel model) implements AutoCloseable {
    @Override
    public void close() {
      model.release();
    }
  }

  /**
   * Returns a lease of the model that is served.
   *
   * @param version empty for the one that is served
   * @throws ApiException 404 if another version is asked for
   */
  Lease use(String name, OptionalLong version) {
    while (true) {
      var model = current;
      if (version.isPresent() && version.getAsLong() != model.version()) {
        throw ApiException.notFound("Servable not found for request: Specific(%s, %d)"
            .formatted(name, version.getAsLong()));
      }
      // It may have been retired and closed since it was read.
      if (model.use()) {
        return new Lease(model);
      }
    }
  }

  /** Returns the name in the export's assets. */
  String assetsName() {
    return current.assets().name();
  }

  /** Returns the number of the version that is served. */
  long currentVersion() {
    return current.version();
  }

  /** Returns the status of every known version, the newest first. */
  Collection<Status> statuses() {
    var served = current;
    var all = new ConcurrentSkipListMap<Long, Status>(java.util.Comparator.reverseOrder());
    ended.forEach(version -> all.put(version, Status.of(version, Status.State.END)));
    retired.forEach((version, model) -> all.put(
        version, Status.of(version, model.isClosed() ? Status.State.END : Status.State.UNLOADING)));
    failures.forEach((version, why) -> all.put(version, Status.failed(version, why)));
    all.put(
        served.version(),
        Status.of(
            served.version(),
            closing.getCount() == 0 ? Status.State.UNLOADING : Status.State.AVAILABLE));
    return all.values();
  }

  private void watch() {
    try {
      while (!closing.await(options.poll().toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    forgetClosed();
    try {
      var highest = folders.find().lastEntry();
      // Without any, the one that is loaded is still served.
      if (highest == null || highest.getKey() == current.version()) {
        return;
      }
      var state = VersionFolders.state(highest.getValue());
      boolean settled = state.equals(seen);
      seen = state;
      if (settled && !state.equals(failed)) {
        change(highest.getKey(), highest.getValue());
      }
    } catch (RuntimeException e) {
      LOG.warn("cannot look for new versions: {}", e.getMessage());
    }
  }

  /** Forgets closed models: each still holds the definition of its graph. */
  private void forgetClosed() {
    retired.forEach((version, model) -> {
      if (model.isClosed()) {
        ended.add(version);
        retired.remove(version);
      }
    });
  }

  private void change(long version, Path folder) {
    try {
      var old = current;
      current = ServedModel.load(folder, version, options, metrics);
      failures.remove(version);
      ended.remove(version);
      retired.put(old.version(), old);
      old.release();
      LOG.info("serving version {}, no longer version {}", version, old.version());
    } catch (RuntimeException | OutOfMemoryError e) {
      failed = seen;
      failures.put(version, String.valueOf(e.getMessage()));
      LOG.warn("version {} is not served: {}", version, e.getMessage());
    }
  }

  /** Says that the last requests are being answered, and looks for no more versions. */
  void stopping() {
    closing.countDown();
  }

  /** Closes all models; call it once no request uses one any more. */
  @Override
  public void close() {
    stopping();
    try {
      // A version that is being loaded is waited for: it would be leaked.
      watch.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    current.release();
  }

  /**
   * The state of a version, in the terms of TensorFlow Serving.
   *
   * @param errorCode {@code OK} or the name of a gRPC code
   */
  record Status(long version, State state, String errorCode, String errorMessage) {
    enum State {
      /** The version is served. */
      AVAILABLE,
      /** Another version took its place, or the server stops, and its last requests are being answered. */
      UNLOADING,
      /** The version is no longer served, or could not be loaded. */
      END
    }

    static Status of(long version, State state) {
      return new Status(version, state, "OK", "");
    }

    static Status failed(long version, String why) {
      return new Status(version, State.END, "INVALID_ARGUMENT", why);
    }
  }
}
