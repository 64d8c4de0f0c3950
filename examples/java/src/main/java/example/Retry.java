package example;

import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;

/** Sends a call again while the server asks for it, with the same keys, for up to a minute. */
final class Retry {
  private static final long LIMIT_MS = 60_000;
  private static final long PAUSE_MAX_MS = 5_000;
  private static final long RETRY_INFO_MAX_MS = 30_000;

  private Retry() {}

  static <T> T call(Callable<T> call) throws Exception {
    long deadline = System.nanoTime() + LIMIT_MS * 1_000_000;
    long pause = 100;
    while (true) {
      try {
        return call.call();
      } catch (StatusRuntimeException error) {
        Long asked = retryInfoMs(StatusProto.fromThrowable(error));
        long wait = asked != null ? asked : ThreadLocalRandom.current().nextLong(pause / 2, pause);
        boolean late = System.nanoTime() + wait * 1_000_000 > deadline;
        if (late || !isRetryable(error.getStatus().getCode(), asked)) throw error;
        System.err.printf("%s: retry in %d ms (%s)%n", error.getStatus().getCode(), wait,
            asked != null ? "RetryInfo" : "back-off");
        Thread.sleep(wait);
        pause = Math.min(2 * pause, PAUSE_MAX_MS);
      }
    }
  }

  /** RESOURCE_EXHAUSTED without RetryInfo is gRPC's: the message is too large, and stays so. */
  static boolean isRetryable(io.grpc.Status.Code code, Long retryInfoMs) {
    return switch (code) {
      case UNAVAILABLE, DEADLINE_EXCEEDED -> true;
      case RESOURCE_EXHAUSTED -> retryInfoMs != null;
      default -> false;
    };
  }

  /** The wait that the server asks for, or null. */
  static Long retryInfoMs(Status status) {
    if (status == null) return null;
    for (var detail : status.getDetailsList()) {
      if (!detail.is(RetryInfo.class)) continue;
      try {
        var delay = detail.unpack(RetryInfo.class).getRetryDelay();
        return Math.min(delay.getSeconds() * 1_000 + delay.getNanos() / 1_000_000,
            RETRY_INFO_MAX_MS);
      } catch (com.google.protobuf.InvalidProtocolBufferException unreadable) {
        return null;
      }
    }
    return null;
  }
}
