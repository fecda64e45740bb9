package dev.reliability.whatsapp.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reliability.whatsapp.wire.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gateway with WAHA's words on one port of loopback, which goes wrong as it is told to and can be
 * killed and started again. Thread-safe.
 */
final class StandInGateway implements AutoCloseable {
  static final String KEY = "key-7f3a9c-not-to-be-seen";
  static final String SESSION = "shop one";
  private static final String SESSION_IN_URIS = "shop%20one";

  /** Answered instead of an HTTP status: nothing, for ever. */
  static final int NEVER = 0;

  /** Answered instead of an HTTP status: the connection is cut. */
  static final int CUT = -1;

  /** Answered instead of an HTTP status: a head that promises a body, and no body. */
  static final int HALF = -2;

  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<StandInWebSocket> webSockets = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<ObjectNode> posts = new CopyOnWriteArrayList<>();
  private final AtomicInteger upgrades = new AtomicInteger();
  private final Semaphore held = new Semaphore(1);
  private volatile ServerSocket server;
  private final int port;

  private volatile String status = "WORKING";
  private volatile int upgradeAnswer = 101;
  private volatile int statusAnswer = 200;
  private volatile int postAnswer = 201;
  private volatile String postBody = "{\"id\":\"true_4915112345678@c.us_3EB0\"}";
  private volatile String extraHeader = "";

  StandInGateway() {
    try {
      start(0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    port = server.getLocalPort();
  }

  /** Where it is. */
  URI base() {
    return URI.create("http://127.0.0.1:" + port);
  }

  GatewayMapper mapper() {
    return GatewayMapper.waha(base(), SESSION, KEY);
  }

  // ---- commands ----

  /** The session's status changes, and everybody is told. */
  void status(String word) {
    status = word;
    tellStatus(word);
  }

  /** The session's status is this, and nobody is told. */
  void statusUntold(String word) {
    status = word;
  }

  void tellStatus(String word) {
    webSockets.forEach(
        to ->
            to.text(
                frame("session.status", "{\"name\":\"shop one\",\"status\":\"" + word + "\"}")));
  }

  /** Answers upgrades with this from now on; 101 takes them. */
  void answerUpgrades(int code) {
    upgradeAnswer = code;
  }

  void answerStatus(int code) {
    statusAnswer = code;
  }

  /** What is asked from now on is answered once it is let go, with what was true when asked. */
  void holdStatus() {
    held.acquireUninterruptibly();
  }

  void letGo() {
    held.release();
  }

  void answerPosts(int code, String body) {
    postAnswer = code;
    postBody = body;
  }

  /** A header of every answer from now on, such as {@code Retry-After: 7}. */
  void addHeader(String line) {
    extraHeader = line + "\r\n";
  }

  static String frame(String event, String payload) {
    return Json.object()
        .put("id", "evt_1")
        .put("event", event)
        .put("session", SESSION)
        .set("payload", Json.requireObject("payload", payload))
        .toString();
  }

  static String message(String id, String text) {
    return frame(
        "message",
        Json.object()
            .put("id", "false_4915112345678@c.us_" + id)
            .put("timestamp", 1_700_000_000L)
            .put("from", "4915112345678@c.us")
            .put("fromMe", false)
            .put("to", "4915100000000@c.us")
            .put("body", text)
            .put("hasMedia", false)
            .toString());
  }

  // ---- what it saw ----

  /** The WebSocket that was opened last. */
  StandInWebSocket webSocket() {
    return webSockets.get(webSockets.size() - 1);
  }

  List<StandInWebSocket> webSockets() {
    return webSockets;
  }

  /** How often somebody asked for a WebSocket. */
  int upgrades() {
    return upgrades.get();
  }

  /** Method and path of every request, in their order. */
  List<String> requests() {
    return requests;
  }

  /** The messages it was to send, in their order. */
  List<ObjectNode> posts() {
    return posts;
  }

  /** How many connections there are. */
  int connections() {
    sockets.removeIf(Socket::isClosed);
    return sockets.size();
  }

  // ---- life and death ----

  /** Dies without a word, and its port with it. */
  void kill() {
    try {
      server.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    sockets.forEach(StandInGateway::cut);
    sockets.clear();
    webSockets.clear();
  }

  /** Lives again, on the same port. */
  void restart() {
    try {
      start(port);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    kill();
  }

  static void cut(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // it is gone already
    }
  }

  private void start(int where) throws IOException {
    ServerSocket next = new ServerSocket();
    next.setReuseAddress(true);
    next.bind(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), where), 200);
    server = next;
    thread(
        "stand-in accepts",
        () -> {
          while (true) {
            Socket socket = next.accept();
            sockets.add(socket);
            thread("stand-in serves", () -> serve(socket));
          }
        });
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void thread(String name, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // closed, by this side or the other
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  // ---- HTTP ----

  private void serve(Socket socket) throws IOException {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      boolean goesOn = true;
      while (goesOn) {
        String first = line(in);
        Map<String, String> headers = new TreeMap<>();
        for (String next = line(in); !next.isEmpty(); next = line(in)) {
          int colon = next.indexOf(':');
          headers.put(
              next.substring(0, colon).toLowerCase(Locale.ROOT), next.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
          return;
        }
        String[] words = first.split(" ", -1);
        requests.add(words[0] + " " + words[1]);
        goesOn = answer(socket, in, words, headers, new String(body, StandardCharsets.UTF_8));
      }
    } finally {
      sockets.remove(socket);
    }
  }

  private boolean answer(
      Socket socket, InputStream in, String[] request, Map<String, String> headers, String sent)
      throws IOException {
    boolean isKnown = KEY.equals(headers.get("x-api-key"));
    String path = request[1];
    if (headers.containsKey("upgrade")
        && path.equals(
            "/ws?session=" + SESSION_IN_URIS + "&events=session.status&events=message")) {
      upgrades.incrementAndGet();
      if (upgradeAnswer == 101) {
        upgrade(socket, in, headers.get("sec-websocket-key"), isKnown);
        return false;
      }
      return answer(socket, upgradeAnswer, "{}");
    }
    if (!isKnown) {
      return answer(socket, 401, "{\"message\":\"Unauthorized\"}");
    }
    if (path.equals("/api/sessions/" + SESSION_IN_URIS)) {
      String body = "{\"name\":\"shop one\",\"status\":\"" + status + "\"}";
      held.acquireUninterruptibly();
      held.release();
      return answer(socket, statusAnswer, body);
    }
    if (request[0].equals("POST") && path.equals("/api/sendText")) {
      posts.add(Json.requireObject("a post", sent));
      return answer(socket, postAnswer, postBody);
    }
    return answer(socket, 404, "{}");
  }

  private boolean answer(Socket socket, int code, String body) throws IOException {
    if (code == CUT) {
      cut(socket);
      return false;
    }
    if (code == NEVER) {
      return true;
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + (code == HALF ? 201 : code)
            + " So\r\nContent-Type: application/json\r\n"
            + extraHeader
            + "Content-Length: "
            + bytes.length
            + "\r\n\r\n";
    String all = code == HALF ? head : head + body;
    socket.getOutputStream().write(all.getBytes(StandardCharsets.UTF_8));
    return true;
  }

  private void upgrade(Socket socket, InputStream in, String key, boolean isKnown)
      throws IOException {
    String head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(key)
            + "\r\n\r\n";
    StandInWebSocket webSocket = new StandInWebSocket(socket);
    webSocket.begin(
        head.getBytes(StandardCharsets.US_ASCII),
        () -> {
          if (isKnown) {
            webSockets.add(webSocket);
          }
        });
    if (!isKnown) {
      webSocket.close(1008, "Unauthorized");
    }
    webSocket.serve(in);
  }

  private static String accept(String key) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder()
          .encodeToString(
              sha.digest(
                  (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                      .getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("closed");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  List<String> texts() {
    List<String> texts = new ArrayList<>();
    posts.forEach(post -> texts.add(Json.text(post, "text", "")));
    return texts;
  }
}
