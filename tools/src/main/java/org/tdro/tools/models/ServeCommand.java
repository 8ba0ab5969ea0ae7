package org.tdro.tools.models;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tdro.serving.ModelServer;
import org.tdro.serving.ServerCertificate;
import org.tdro.serving.ServerOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro serve}, which serves an exported model over HTTP and gRPC. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Serve an exported model with TensorFlow Serving's REST and gRPC APIs.",
      "",
      "For development, smoke tests and small deployments: one model in one process, without authentication. "
          + "For anything larger use TensorFlow Serving, which serves the same export to the same clients.",
      "",
      "  GET  /v1/models/NAME              status of its versions",
      "  GET  /v1/models/NAME/metadata     its signatures",
      "  POST /v1/models/NAME:predict      embeddings of token ids, or of strings if the export takes them",
      "  POST /embed                       embeddings of texts",
      "  POST /v1/embeddings               embeddings of texts, as OpenAI",
      "  GET  /health, /metrics            for probes and for Prometheus",
      "",
      "With --grpc-port also PredictionService (Predict, GetModelMetadata), ModelService (GetModelStatus) and "
          + "grpc.health.v1.Health.",
      "",
      "The highest version is served; a higher one that appears takes its place without a request being dropped. "
          + "On Ctrl-C or SIGTERM, running requests are finished."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro serve --model serving/retriever",
      "  tdro serve --model serving/retriever --grpc-port 8500",
      "  tdro serve --model serving/retriever/3 --port 9000 --max-batch 64",
      "  curl -d '{\"texts\": [\"a text\"], \"kind\": \"query\"}' localhost:8501/embed"
    })
public final class ServeCommand implements Callable<Integer> {
  /** gRPC logs a stack for every message of a client that is malformed or too large. */
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  @Spec
  private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "BASE",
      description =
          "Folder with a folder for each version, named by its number; or one version's own folder.")
  private Path base;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The model's name in URLs (default: the name in the export's assets).")
  private String name;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      paramLabel = "ADDRESS",
      description =
          "Address to listen on (default: ${DEFAULT-VALUE}). With any other than a loopback address, everyone who can reach it can use it.")
  private String host;

  @Option(
      names = "--port",
      defaultValue = "8501",
      paramLabel = "N",
      description = "Port of the REST API; 0 takes a free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--grpc-port",
      paramLabel = "N",
      description =
          "Port of the gRPC API, on TensorFlow Serving 8500; 0 takes a free one (default: no gRPC).")
  private Integer grpcPort;

  @ArgGroup(exclusive = false)
  private Tls tls;

  /** The two options go together. */
  private static final class Tls {
    @Option(
        names = "--tls-certificate",
        required = true,
        paramLabel = "FILE",
        description =
            "Certificate in PEM, followed by those of authorities in between: all ports then speak TLS alone.")
    private Path certificate;

    @Option(
        names = "--tls-key",
        required = true,
        paramLabel = "FILE",
        description = "Its key in PEM (PKCS#8, without a password).")
    private Path key;
  }

  @Option(
      names = "--max-batch",
      defaultValue = "32",
      paramLabel = "N",
      description =
          "Requests are joined up to this number of texts; 0 computes each by itself (default: ${DEFAULT-VALUE}).")
  private int maxBatch;

  @Option(
      names = "--batch-timeout-ms",
      defaultValue = "2",
      paramLabel = "MS",
      description =
          "Milliseconds that a request waits for others to join (default: ${DEFAULT-VALUE}).")
  private long batchTimeout;

  @Option(
      names = "--max-texts",
      defaultValue = "512",
      paramLabel = "N",
      description =
          "Largest number of texts in a request; larger requests are answered with 400 (default: ${DEFAULT-VALUE}).")
  private int maxTexts;

  @Option(
      names = "--max-length",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Largest number of token ids of a text; longer ones are answered with 400. 0 means the longest that the model was exported for (default: ${DEFAULT-VALUE}).")
  private int maxLength;

  @Option(
      names = "--max-text-kib",
      defaultValue = "128",
      paramLabel = "N",
      description =
          "Largest string in KiB, for signatures that take strings; larger ones are answered with 400 (default: ${DEFAULT-VALUE}).")
  private int maxText;

  @Option(
      names = "--max-body-mib",
      defaultValue = "4",
      paramLabel = "N",
      description =
          "Largest body of a request in MiB; larger ones are answered with 413 (default: ${DEFAULT-VALUE}).")
  private int maxBody;

  @Option(
      names = "--max-requests",
      defaultValue = "128",
      paramLabel = "N",
      description =
          "Largest number of requests at the same time; further ones are answered with 429 (default: ${DEFAULT-VALUE}).")
  private int maxRequests;

  @Option(
      names = "--max-queue",
      defaultValue = "2048",
      paramLabel = "N",
      description =
          "Largest number of texts of all requests at the same time; further requests are answered with 429 (default: ${DEFAULT-VALUE}).")
  private int maxQueue;

  @Option(
      names = "--drain-seconds",
      defaultValue = "30",
      paramLabel = "S",
      description =
          "Seconds that running requests may take when the server stops (default: ${DEFAULT-VALUE}).")
  private int drain;

  @Override
  public Integer call() throws InterruptedException {
    GRPC_LOG.setLevel(Level.OFF);
    var options = options();
    var server = ModelServer.start(base, options);
    var ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(
            () -> {
              server.close();
              ended.countDown();
            },
            "drain"));
    var out = spec.commandLine().getOut();
    out.printf(
        "serving version %d of %s at %s%n",
        server.version(), server.name(), server.uri().resolve("/v1/models/" + server.name()));
    server.grpcUri().ifPresent(uri -> out.printf("and over gRPC at %s%n", uri));
    out.flush();
    ended.await();
    return 0;
  }

  private ServerOptions options() {
    try {
      int bytes = Math.multiplyExact(maxBody, 1 << 20);
      int textBytes = Math.multiplyExact(maxText, 1 << 10);
      return new ServerOptions(
          Optional.ofNullable(name),
          new ServerOptions.Endpoint(
              host,
              port,
              grpcPort == null ? OptionalInt.empty() : OptionalInt.of(grpcPort),
              Optional.ofNullable(tls)
                  .map(given -> new ServerCertificate(given.certificate, given.key))),
          new ServerOptions.Batching(maxBatch, Duration.ofMillis(batchTimeout)),
          new ServerOptions.Limits(
              bytes, maxTexts, maxLength, textBytes, maxQueue, maxRequests, Duration.ofMinutes(1)),
          Duration.ofSeconds(1),
          Duration.ofSeconds(drain));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
