package dev.reliability.ops.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.runtime.ReliabilityRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A server to be attacked: what is sent are bytes, since a client of ours would refuse to send most
 * of it.
 */
abstract class Attacked {
  static final String TOKEN = "0123456789abcdef0123456789abcdef";
  static final String BODY =
      "{\"action\":\"resume_lane\",\"assignee\":\"lane\",\"episode\":1,\"actor\":\"eve\","
          + "\"reason\":\"because\"}";

  final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  final FakeFleet fleet = new FakeFleet();
  PageServer server;

  @BeforeEach
  void serve() throws IOException {
    fleet.paused.put("lane", 1L);
    server = serving("127.0.0.1", 5);
  }

  @AfterEach
  void end() {
    server.close();
    runtime.close();
  }

  PageServer serving(String address, int viewers) throws IOException {
    return PageServer.start(
        new PageServer.Settings(
            new InetSocketAddress(address, 0), List.of(), TOKEN, viewers, Duration.ofMillis(50)),
        fleet,
        runtime);
  }

  /** An answer: its status and everything. */
  record Got(int status, String all) {
    static Got of(String all) {
      return new Got(all.startsWith("HTTP/1.1 ") ? Integer.parseInt(all.substring(9, 12)) : 0, all);
    }
  }

  Socket connect() throws IOException {
    return new Socket("127.0.0.1", server.port());
  }

  Got send(String text) throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return Got.of(answer(socket.getInputStream()));
    }
  }

  /** One answer: up to the length that it says, or to its end. */
  private static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int length = -1;
    int head = -1;
    for (int next = in.read(); next >= 0; next = in.read()) {
      all.write(next);
      String text = all.toString(StandardCharsets.ISO_8859_1);
      if (head < 0 && text.endsWith("\r\n\r\n")) {
        head = all.size();
        String lower = text.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        length =
            at < 0 ? -1 : Integer.parseInt(lower.substring(at + 16, lower.indexOf("\r\n", at)));
      }
      if (head >= 0 && length >= 0 && all.size() >= head + length) {
        break;
      }
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  String host() {
    return "127.0.0.1:" + server.port();
  }

  Got get(String path, String... headers) throws IOException {
    return send(request("GET", path, "", headers));
  }

  String request(String method, String path, String body, String... headers) {
    StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    boolean hasHost = List.of(headers).stream().anyMatch(header -> header.startsWith("Host:"));
    text.append(hasHost ? "" : "Host: " + host() + "\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    if (!body.isEmpty()) {
      text.append("Content-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length);
      text.append("\r\n");
    }
    return text.append("\r\n").append(body).toString();
  }

  Got change(String body, String... headers) throws IOException {
    return send(request("POST", "/api/actions", body, headers));
  }

  static String bearer(String token) {
    return "Authorization: Bearer " + token;
  }

  String ticket() throws IOException {
    String all = send(request("POST", "/api/tickets", "", bearer(TOKEN))).all();
    int at = all.indexOf("\"ticket\":\"") + 10;
    return all.substring(at, all.indexOf('"', at));
  }

  void nothingWasChanged() {
    assertThat(fleet.resumed).isEmpty();
    assertThat(fleet.paused).containsKey("lane");
  }

  static final String JSON = "Content-Type: application/json";
}
