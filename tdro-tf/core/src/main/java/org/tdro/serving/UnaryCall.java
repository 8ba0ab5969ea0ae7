package org.tdro.serving;

import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gRPC call with one message each way. The request's is read only once there is room for the request, and answered in the same
 * callback, so that what is read is not kept for a client that does not end its call.
 */
final class UnaryCall<Q extends Message, A> extends ServerCall.Listener<InputStream>
    implements Caller {
  private static final Logger LOG = LoggerFactory.getLogger(UnaryCall.class);

  /** Errors travel in headers, of which clients take 8 KiB, as percent-encoded UTF-8. */
  private static final int LONGEST_MESSAGE = 4096;

  /**
   * The time left to a deadline when a caller who gives up is counted as one whose deadline has passed. By the caller's clock it has:
   * here, the time that is left is counted from the moment when the call was noticed.
   */
  private static final long SOON_MILLIS = 100;

  private static final Status TOO_LATE =
      Status.DEADLINE_EXCEEDED.withDescription("the deadline of the call has passed");

  /** How long a message may take to come, and an answer to be taken: as long as REST gives them. */
  private static final Duration LONGEST_MESSAGE_TIME = Duration.ofSeconds(10);

  private static final Duration LONGEST_ANSWER_TIME = Duration.ofMinutes(2);

  private static final Status TOO_SLOW = Status.DEADLINE_EXCEEDED.withDescription(
      "the message took longer than " + LONGEST_MESSAGE_TIME.toSeconds() + " seconds to come");

  private static final String CUT = "…";
  private static final int ENCODED_BYTE = 3;

  /**
   * The time left to a call's deadline in which there is no answer any more but that it has passed. At the deadline, gRPC itself breaks
   * the stream, which callers whose clock is behind see as "cancelled".
   */
  private static final long TOO_LATE_NANOS = 1_000_000;

  /**
   * What a method does.
   *
   * @param request any message of the request's type
   * @param isExpensive whether the request needs room among those in progress
   */
  record Method<Q extends Message, A>(
      String name, Q request, boolean isExpensive, Answer<Q, A> answer) {}

  /** Answers a request. */
  @FunctionalInterface
  interface Answer<Q, A> {
    A of(GrpcModelApi models, Q request, Caller caller);
  }

  private final ServerCall<InputStream, A> call;
  private final Method<Q, A> method;
  private final GrpcServer.Serving serving;
  private final Consumer<UnaryCall<?, ?>> whenClosed;
  private final Context context = Context.current();
  private final long start = System.nanoTime();

  /** Null until there is a message. */
  private RequestsInProgress.Entry entry;

  /** Ends with the call, or shortly before its deadline. */
  private final CompletableFuture<Void> expiry = new CompletableFuture<>();

  /** Ends with the message, or when that takes too long. */
  private final CompletableFuture<Void> arrival = new CompletableFuture<>();

  /** Ends with the call, or when its answer is not taken. */
  private final CompletableFuture<Void> departure = new CompletableFuture<>();

  private final AtomicBoolean closed = new AtomicBoolean();

  /** Set by who ends the call, and then nobody else does; without a lock, since gRPC may hold one of its own meanwhile. */
  private final AtomicBoolean answered = new AtomicBoolean();

  UnaryCall(
      ServerCall<InputStream, A> call,
      Method<Q, A> method,
      GrpcServer.Serving serving,
      Consumer<UnaryCall<?, ?>> whenClosed) {
    this.call = call;
    this.method = method;
    this.serving = serving;
    this.whenClosed = whenClosed;
  }

  /** Begins to wait for the message. */
  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the refusal
  void begin() {
    arrival
        .completeOnTimeout(null, LONGEST_MESSAGE_TIME.toMillis(), TimeUnit.MILLISECONDS)
        .thenRun(() -> refuse(TOO_SLOW));
    var deadline = context.getDeadline();
    if (deadline != null) {
      long left = deadline.timeRemaining(TimeUnit.NANOSECONDS) - TOO_LATE_NANOS;
      expiry
          .completeOnTimeout(null, Math.max(0, left), TimeUnit.NANOSECONDS)
          .thenRun(() -> refuse(TOO_LATE));
    }
    context.addListener(ended -> refuse(goneStatus()), Runnable::run);
    call.request(1);
  }

  private Status goneStatus() {
    var deadline = context.getDeadline();
    return deadline != null && deadline.timeRemaining(TimeUnit.MILLISECONDS) < SOON_MILLIS
        ? TOO_LATE
        : Contexts.statusFromCancelled(context);
  }

  @Override
  public void onMessage(InputStream message) {
    arrival.cancel(false);
    if (isGone()) {
      return;
    }
    // It ends when the answer has been written, so that a server that stops waits for that.
    entry = serving.requests().enter();
    try {
      if (method.isExpensive()) {
        entry.admit();
      }
      var request = serving.reader().read(method.request(), message);
      finish(method.answer().of(serving.models(), request, this), Status.OK);
    } catch (ApiException e) {
      refuse(isGone() ? goneStatus() : status(e));
    } catch (RuntimeException | Error e) {
      LOG.error("cannot answer a call", e);
      refuse(Status.INTERNAL.withDescription("the server failed: " + e.getMessage()));
    }
  }

  @Override
  public void onHalfClose() {
    if (entry == null) {
      // Or it came too late, and is answered.
      refuse(Status.INVALID_ARGUMENT.withDescription("the call has no message"));
    }
  }

  @Override
  public void onComplete() {
    close();
  }

  @Override
  public void onCancel() {
    close();
  }

  private void close() {
    departure.cancel(false);
    if (!closed.getAndSet(true)) {
      whenClosed.accept(this);
      if (entry != null) {
        entry.close();
      }
    }
  }

  /** Returns the code that TensorFlow Serving gives such an error: it says "unavailable" where a queue is full. */
  private static Status status(ApiException e) {
    var code = switch (e.status()) {
      case 400 -> Status.INVALID_ARGUMENT;
      case 404 -> Status.NOT_FOUND;
      case 413 -> Status.RESOURCE_EXHAUSTED;
      case 429, 503 -> Status.UNAVAILABLE;
      default -> Status.UNKNOWN;
    };
    return code.withDescription(e.getMessage());
  }

  /** Ends the call with an error, unless it has been answered; from any thread. */
  void refuse(ApiException e) {
    refuse(status(e));
  }

  private void refuse(Status status) {
    finish(null, status);
  }

  /** Ends the call, unless that was done before. A caller who does not take the answer keeps no room for requests. */
  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the end
  private void finish(A answer, Status status) {
    if (answered.getAndSet(true)) {
      return;
    }
    expiry.cancel(false);
    arrival.cancel(false);
    departure
        .completeOnTimeout(null, LONGEST_ANSWER_TIME.toMillis(), TimeUnit.MILLISECONDS)
        .thenRun(this::close);
    // Else gRPC has ended the stream, and perhaps said why.
    if (!context.isCancelled()) {
      if (answer != null) {
        call.sendHeaders(new Metadata());
        call.sendMessage(answer);
      }
      call.close(status.withDescription(beginning(status.getDescription())), new Metadata());
    }
    serving
        .metrics()
        .request(
            method.name(), status.getCode().name(), Duration.ofNanos(System.nanoTime() - start));
  }

  /** Returns as much of a message as fits in headers. */
  private static String beginning(String message) {
    if (message == null) {
      return null;
    }
    int encoded = 0;
    for (int i = 0; i < message.length(); i = message.offsetByCodePoints(i, 1)) {
      encoded += encodedBytes(message.codePointAt(i));
      if (encoded > LONGEST_MESSAGE) {
        return message.substring(0, i) + CUT;
      }
    }
    return message;
  }

  private static int encodedBytes(int codePoint) {
    boolean asItIs = codePoint >= ' ' && codePoint < '~' && codePoint != '%';
    return asItIs
        ? 1
        : ENCODED_BYTE * Character.toString(codePoint).getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public boolean isGone() {
    return answered.get() || context.isCancelled();
  }

  @Override
  public void whenGone(Runnable action) {
    context.addListener(ended -> action.run(), Runnable::run);
  }
}
