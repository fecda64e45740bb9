package dev.reliability.ops.check;

import dev.reliability.core.check.CheckContext;
import dev.reliability.core.check.CheckResult;
import dev.reliability.core.check.DependencyCheck;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A check by a request: it passes if the answer has a status that is expected, any of 200 to 299 by
 * default. Where it has not, the beginning of the answer's body is shown; of a body of whatever
 * length no more than that is read. The request is cancelled when the attempt is given up.
 * Immutable and thread-safe.
 */
public final class HttpCheck implements DependencyCheck {
  private final HttpClient client;
  private final HttpRequest request;

  /** Empty for all from 200 to 299. */
  private final Set<Integer> expected;

  private HttpCheck(HttpClient client, HttpRequest request, Set<Integer> expected) {
    this.client = client;
    this.request = request;
    this.expected = expected;
  }

  /**
   * A check by GET.
   *
   * @throws IllegalArgumentException if the address is none for HTTP
   */
  public static HttpCheck of(HttpClient client, URI address) {
    return of(client, HttpRequest.newBuilder(address).GET().build());
  }

  /** A check by a request of the host's own, with headers perhaps. */
  public static HttpCheck of(HttpClient client, HttpRequest request) {
    return new HttpCheck(
        Objects.requireNonNull(client, "client"),
        Objects.requireNonNull(request, "request"),
        Set.of());
  }

  /**
   * The same with other statuses that pass.
   *
   * @throws IllegalArgumentException if there are none, or one is none
   */
  public HttpCheck expecting(int... statuses) {
    if (statuses.length == 0 || Arrays.stream(statuses).anyMatch(s -> s < 100 || s > 599)) {
      throw new IllegalArgumentException(
          "expecting: expected statuses from 100 to 599, got " + Arrays.toString(statuses));
    }
    Set<Integer> all = new TreeSet<>();
    Arrays.stream(statuses).forEach(all::add);
    return new HttpCheck(client, request, all);
  }

  @Override
  public CompletionStage<CheckResult> check(CheckContext context) {
    CompletableFuture<HttpResponse<Void>> exchange =
        client.sendAsync(request, info -> new Beginning(context.output()));
    CompletableFuture<CheckResult> result = exchange.handle(this::judged);
    result.whenComplete(
        (value, error) -> {
          if (result.isCancelled()) {
            exchange.cancel(true);
          }
        });
    return result;
  }

  private CheckResult judged(@Nullable HttpResponse<Void> response, @Nullable Throwable error) {
    if (response == null) {
      return CheckResult.failed(where() + ": no answer: " + said(error));
    }
    int status = response.statusCode();
    boolean fine = expected.isEmpty() ? status >= 200 && status < 300 : expected.contains(status);
    String answered = where() + " answered " + status;
    return fine
        ? CheckResult.passed(answered)
        : CheckResult.failed(answered + (expected.isEmpty() ? "" : ", not one of " + expected));
  }

  /** Without the query and whoever asks, where secrets may stand. */
  private String where() {
    URI address = request.uri();
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    String path = address.getPath() == null ? "" : address.getPath();
    return request.method() + " " + address.getScheme() + "://" + address.getHost() + port + path;
  }

  private static String said(@Nullable Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    return String.valueOf(cause == null ? error : cause);
  }
}
