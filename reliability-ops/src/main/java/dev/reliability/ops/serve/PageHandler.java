package dev.reliability.ops.serve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Answers requests: asks the door, then the fleet. Waits for nobody on Jetty's threads. */
final class PageHandler extends Handler.Abstract.NonBlocking {
  private static final Logger log = LoggerFactory.getLogger(PageHandler.class);
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String TICKET = "X-Ticket";
  private static final int MOST_HOURS = 24 * 31;

  /** Of every answer: nothing is kept, guessed, framed or told to others. */
  private static final Map<String, String> ALWAYS =
      Map.of(
          "Cache-Control", "no-store",
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "SAMEORIGIN",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Cross-Origin-Opener-Policy", "same-origin");

  private static final String OWN_FILES_ONLY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final class Shell {
    final String type;
    final byte[] bytes;

    Shell(String type, byte[] bytes) {
      this.type = type;
      this.bytes = bytes;
    }
  }

  private static final Map<String, Shell> SHELL =
      Map.of(
          "/", shell("text/html; charset=utf-8", "page.html"),
          "/page.css", shell("text/css; charset=utf-8", "page.css"),
          "/page.js", shell("text/javascript; charset=utf-8", "page.js"));

  private final Door door;
  private final Secret secret;
  private final Tickets tickets;
  private final Live live;
  private final Connections connections;
  private final int mostViewers;
  private final AtomicInteger viewers = new AtomicInteger();

  PageHandler(
      Door door,
      Secret secret,
      Tickets tickets,
      Live live,
      Connections connections,
      int mostViewers) {
    this.door = door;
    this.secret = secret;
    this.tickets = tickets;
    this.live = live;
    this.connections = connections;
    this.mostViewers = mostViewers;
  }

  /** How many watch. */
  int viewers() {
    return viewers.get();
  }

  private static Shell shell(String type, String file) {
    try (InputStream in = PageHandler.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not in the jar");
      }
      return new Shell(type, in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(file + " cannot be read", e);
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Answer answer = new Answer(request, response, callback, connections);
    HttpFields headers = request.getHeaders();
    String path = Request.getPathInContext(request);
    String ticket = headers.get(TICKET);
    Boolean token = secret.isIn(headers.get(HttpHeader.AUTHORIZATION));
    if (token == null && path.equals("/timeline")) {
      token = hasTicket(request); // a frame sends no headers of ours
    }
    Door.Refusal refusal =
        door.refusal(
            new Door.Knock(
                request.getMethod(),
                path,
                headers.get(HttpHeader.HOST),
                headers.get(HttpHeader.ORIGIN),
                headers.get("Sec-Fetch-Site"),
                token,
                ticket == null ? null : tickets.look(ticket),
                headers.get(HttpHeader.CONTENT_TYPE),
                request.getLength()));
    if (refusal != null) {
      answer.refused(refusal);
      return true;
    }
    Connection connection = request.getConnectionMetaData().getConnection();
    Request.addCompletionListener(request, failure -> connections.isAnswered(connection));
    if (path.equals("/api/actions")) {
      change(request, answer, connection, String.valueOf(ticket));
    } else {
      connections.isWhole(connection);
      look(request, path, answer);
    }
    return true;
  }

  private @Nullable Boolean hasTicket(Request request) {
    String ticket = Request.extractQueryParameters(request).getValue("ticket");
    return ticket == null ? null : (Boolean) tickets.use(ticket);
  }

  private void look(Request request, String path, Answer answer) {
    switch (path) {
      case "/healthz" -> answer.words(200, "ok");
      case "/readyz" ->
          answer.of(
              live.fresh(),
              known ->
                  answer.words(
                      known.isGood() ? 200 : 503, known.isGood() ? "ok" : known.trouble()));
      case "/metrics" ->
          answer.of(
              live.fresh()
                  .thenCompose(
                      known ->
                          known.isGood()
                              ? live.with(Fleet::metrics)
                              : CompletableFuture.failedFuture(
                                  new IllegalStateException(known.trouble()))),
              text -> answer.send(200, METRICS, text.getBytes(StandardCharsets.UTF_8)));
      case "/timeline" -> timeline(request, answer);
      case "/api/status" ->
          answer.of(live.fresh(), known -> answer.send(200, JSON, live.status(known)));
      case "/api/live" -> watch(answer);
      case "/api/tickets" ->
          answer.json(
              200,
              "{\"ticket\":\""
                  + tickets.give()
                  + "\",\"validSeconds\":"
                  + Tickets.VALID.toSeconds()
                  + "}");
      default -> {
        Shell shell = Objects.requireNonNull(SHELL.get(path), path); // the door knows no others
        answer.response.getHeaders().put("Content-Security-Policy", OWN_FILES_ONLY);
        answer.send(200, shell.type, shell.bytes);
      }
    }
  }

  private void timeline(Request request, Answer answer) {
    int hours = 24;
    Fields query = Request.extractQueryParameters(request);
    String asked = query.getValue("hours");
    if (asked != null) {
      hours = asked.matches("[0-9]{1,4}") ? Integer.parseInt(asked) : 0;
    }
    if (hours < 1 || hours > MOST_HOURS) {
      answer.words(400, "hours: expected 1 to " + MOST_HOURS + ", got \"" + asked + "\"");
      return;
    }
    Duration back = Duration.ofHours(hours);
    answer.of(
        live.beside(fleet -> fleet.timeline(back)),
        page -> {
          answer.response.getHeaders().put("Content-Security-Policy", "frame-ancestors 'self'");
          answer.send(200, "text/html; charset=utf-8", page);
        });
  }

  private void watch(Answer answer) {
    if (viewers.incrementAndGet() > mostViewers) {
      viewers.decrementAndGet();
      answer.response.getHeaders().put(HttpHeader.RETRY_AFTER, "10");
      answer.response.getHeaders().put(HttpHeader.CONNECTION, "close");
      answer.words(503, mostViewers + " watch already: try again in 10 seconds");
      return;
    }
    answer.head(200, "text/event-stream; charset=utf-8");
    Viewer[] self = new Viewer[1];
    Viewer viewer =
        new HttpViewer(
            answer.response,
            answer.callback,
            () -> {
              viewers.decrementAndGet();
              live.leave(self[0]);
            });
    self[0] = viewer;
    answer.request.addFailureListener(failure -> viewer.over());
    live.watch(viewer);
  }

  private void change(Request request, Answer answer, Connection connection, String ticket) {
    Promise<ByteBuffer> arrived =
        Promise.from(
            body -> {
              connections.isWhole(connection);
              byte[] bytes = new byte[body.remaining()];
              body.get(bytes);
              change(bytes, ticket, answer);
            },
            failure -> {
              connections.isWhole(connection);
              answer.words(400, "the body did not arrive");
            });
    Content.Source.asByteBuffer(request, arrived);
  }

  private void change(byte[] body, String ticket, Answer answer) {
    Change change;
    try {
      change = Change.read(body);
    } catch (IllegalArgumentException e) {
      answer.words(400, String.valueOf(e.getMessage()));
      return;
    }
    if (!tickets.use(ticket)) {
      answer.words(409, "this ticket was used or is too old: ask for another one");
      return;
    }
    answer.of(
        live.with(
            fleet ->
                fleet.resume(change.lane(), change.episode(), change.actor(), change.reason())),
        told -> {
          live.changed();
          answer.json(200, told);
        });
  }

  /** What is sent back. */
  private static final class Answer {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Connections connections;

    Answer(Request request, Response response, Callback callback, Connections connections) {
      this.request = request;
      this.response = response;
      this.callback = callback;
      this.connections = connections;
    }

    /** Once it is there; a failure is told in words. */
    <T> void of(CompletableFuture<T> what, Consumer<T> send) {
      what.whenComplete(
          (value, failure) -> {
            if (failure == null) {
              send.accept(value);
            } else {
              failed(failure);
            }
          });
    }

    private void failed(Throwable failure) {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      if (cause instanceof IllegalArgumentException) {
        words(409, String.valueOf(cause.getMessage()));
      } else {
        String path = request.getHttpURI().getPath();
        log.atLevel(path.equals("/api/actions") ? Level.WARN : Level.DEBUG)
            .log("{} could not be answered: {}", path, cause.toString());
        words(503, String.valueOf(cause.getMessage()));
      }
    }

    void refused(Door.Refusal refusal) {
      HttpFields.Mutable headers = response.getHeaders();
      headers.put(HttpHeader.CONNECTION, "close"); // whatever else it sends is not read
      if (refusal.status() == 401) {
        headers.put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
      } else if (refusal.status() == 405) {
        headers.put(HttpHeader.ALLOW, refusal.why().substring("expected ".length()));
      }
      words(refusal.status(), refusal.why());
    }

    void words(int status, @Nullable String words) {
      String line = String.valueOf(words).replaceAll("\\p{Cntrl}", "?");
      send(status, PLAIN, (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    void json(int status, String json) {
      send(status, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    void send(int status, String type, byte[] bytes) {
      head(status, type);
      response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
      connections.isSent(request.getConnectionMetaData().getConnection());
      boolean isHead = request.getMethod().toUpperCase(Locale.ROOT).equals("HEAD");
      response.write(true, ByteBuffer.wrap(isHead ? new byte[0] : bytes), callback);
    }

    void head(int status, String type) {
      response.setStatus(status);
      HttpFields.Mutable headers = response.getHeaders();
      ALWAYS.forEach((name, value) -> headers.put(new HttpField(name, value)));
      headers.put(HttpHeader.CONTENT_TYPE, type);
    }
  }
}
