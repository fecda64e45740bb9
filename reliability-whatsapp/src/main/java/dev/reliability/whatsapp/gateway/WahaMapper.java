package dev.reliability.whatsapp.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.wire.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The words of WAHA. Immutable. */
final class WahaMapper implements GatewayMapper {
  private static final String PERSON = "@s.whatsapp.net";
  private static final String PERSON_HERE = "@c.us";
  private static final int POLICY_VIOLATION = 1008;
  private static final int UNPROCESSABLE = 422;
  private static final long MILLIS_FROM = 100_000_000_000L;

  /** Whether it is from this account, the chat, WhatsApp's own id, and in groups who said it. */
  private static final Pattern ID = Pattern.compile("(?:true|false)_[^_]+_([^_]+)(?:_.*)?");

  private final String base;
  private final String session;
  private final Map<String, String> headers;

  WahaMapper(URI base, String session, @Nullable String apiKey) {
    this.base = checked(base);
    this.session = Objects.requireNonNull(session, "session");
    if (session.isBlank()) {
      throw new IllegalArgumentException("session: expected a name, got \"" + session + "\"");
    }
    if (apiKey != null && (apiKey.isBlank() || !apiKey.chars().allMatch(c -> c > 32 && c < 127))) {
      throw new IllegalArgumentException(
          "apiKey: expected visible ASCII characters, got something else (not shown)");
    }
    headers = apiKey == null ? Map.of() : Map.of("X-Api-Key", apiKey);
  }

  private static String checked(URI base) {
    String scheme = base.getScheme() == null ? "" : base.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(
          "base: expected a URI that begins with http:// or https://, got the scheme \""
              + scheme
              + "\"");
    }
    if (base.getHost() == null
        || base.getRawUserInfo() != null
        || base.getRawQuery() != null
        || base.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "base: expected a host and perhaps a port and a path, and no user, query or fragment;"
              + " got something else at the host \""
              + base.getHost()
              + "\"");
    }
    String path = base.getRawPath() == null ? "" : base.getRawPath();
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return scheme + "://" + base.getRawAuthority() + path.substring(0, end);
  }

  @Override
  public URI webSocket() {
    return URI.create(
        "ws"
            + base.substring("http".length())
            + "/ws?session="
            + encoded(session)
            + "&events=session.status&events=message");
  }

  @Override
  public Map<String, String> headers() {
    return headers;
  }

  @Override
  public GatewayRequest status() {
    return GatewayRequest.get(URI.create(base + "/api/sessions/" + encoded(session)));
  }

  @Override
  public GatewayStatus readStatus(GatewayAnswer answer) {
    return status(Json.requireObject("the session", answer.body()));
  }

  @Override
  public GatewayEvent event(String text) {
    ObjectNode frame = Json.requireObject("a frame", text);
    if (!session.equals(Json.text(frame, "session", session))) {
      return new GatewayEvent.Nothing();
    }
    String event = Json.text(frame, "event", "");
    boolean isStatus = event.equals("session.status");
    if (!isStatus && !event.equals("message")) {
      return new GatewayEvent.Nothing();
    }
    if (!(frame.get("payload") instanceof ObjectNode payload)) {
      throw new IllegalArgumentException("a frame of " + event + " without a payload");
    }
    return isStatus
        ? new GatewayEvent.StatusChanged(status(payload))
        : new GatewayEvent.MessageCame(message(frame, payload));
  }

  @Override
  public GatewayRequest send(OutgoingMessage message) {
    ObjectNode content = Json.requireObject("content", message.content());
    if (content.size() != 1 || !(content.get("text") instanceof TextNode text)) {
      throw new IllegalArgumentException(
          "content: expected a text and nothing else, got " + fields(content));
    }
    return GatewayRequest.post(
        URI.create(base + "/api/sendText"),
        Json.object()
            .put("session", session)
            .put("chatId", chatHere(message.jid()))
            .put("text", text.textValue())
            .toString());
  }

  @Override
  public SendResult sent(GatewayAnswer answer) {
    ObjectNode body = Json.read(answer.body());
    if (answer.isSuccess() && body != null && hasId(body)) {
      return new SendResult.Acked();
    }
    if (answer.status() == UNPROCESSABLE && body != null && body.has("expected")) {
      return new SendResult.Refused(
          "the session is " + Json.text(body, "status", "not open"), false);
    }
    return answer.unacknowledged();
  }

  /** It takes every upgrade, and closes with a policy violation if it does not know the key. */
  @Override
  public CloseReason closed(int code, String reason) {
    if (code == POLICY_VIOLATION
        && (reason.equalsIgnoreCase("Unauthorized") || reason.equalsIgnoreCase("Forbidden"))) {
      return CloseReason.of(
          CloseClass.STOP_CONFIG, Integer.toString(code), reason + ": the key was refused");
    }
    return GatewayMapper.super.closed(code, reason);
  }

  @Override
  public String toString() {
    return "WAHA at " + base + ", session " + session;
  }

  // ---- what it says ----

  private static GatewayStatus status(ObjectNode from) {
    String word = Json.text(from, "status");
    if (word == null) {
      throw new IllegalArgumentException("a session without a status");
    }
    GatewayStatus.Kind kind =
        switch (word) {
          case "WORKING" -> GatewayStatus.Kind.OPEN;
          case "SCAN_QR_CODE" -> GatewayStatus.Kind.PAIRING;
          case "STOPPED", "FAILED" -> GatewayStatus.Kind.CLOSED;
          default -> GatewayStatus.Kind.CONNECTING;
        };
    return new GatewayStatus(kind, word);
  }

  private static IncomingMessage message(ObjectNode frame, ObjectNode payload) {
    boolean isFromMe = payload.path("fromMe").asBoolean();
    String chat = Json.text(payload, isFromMe ? "to" : "from");
    String id = Json.text(payload, "id");
    if (chat == null || id == null) {
      throw new IllegalArgumentException("a message without an id or a chat");
    }
    String author = first(payload, List.of("participant", "author"));
    String sender = author != null || isFromMe ? author : chat;
    JsonNode raw = payload.path("_data");
    Matcher parts = ID.matcher(id);
    return new IncomingMessage(
        parts.matches() ? parts.group(1) : id,
        jid(chat),
        sender == null ? null : jid(sender),
        isFromMe,
        first(raw, List.of("notifyName", "pushName")),
        at(payload, frame),
        kind(payload, raw),
        Json.text(payload, "body"),
        false,
        true);
  }

  private static String kind(ObjectNode payload, JsonNode raw) {
    String type = Json.text(raw, "type");
    if (type != null) {
      return type;
    }
    Iterator<String> names = raw.path("message").fieldNames();
    if (names.hasNext()) {
      return names.next();
    }
    return payload.path("hasMedia").asBoolean() ? "media" : "text";
  }

  private static Instant at(ObjectNode payload, ObjectNode frame) {
    long at = payload.path("timestamp").asLong(frame.path("timestamp").asLong());
    return at < MILLIS_FROM ? Instant.ofEpochSecond(at) : Instant.ofEpochMilli(at);
  }

  /**
   * One of its engines names what it sent by a text, one by an object, one by WhatsApp's own key.
   */
  private static boolean hasId(ObjectNode sent) {
    return Json.text(sent, "id") != null
        || first(sent.path("id"), List.of("_serialized", "id")) != null
        || Json.text(sent.path("key"), "id") != null;
  }

  private static @Nullable String first(JsonNode object, List<String> names) {
    for (String name : names) {
      String text = Json.text(object, name);
      if (text != null && !text.isEmpty()) {
        return text;
      }
    }
    return null;
  }

  private static String jid(String chat) {
    return replaced(chat, PERSON_HERE, PERSON);
  }

  private static String chatHere(String jid) {
    return replaced(jid, PERSON, PERSON_HERE);
  }

  private static String replaced(String name, String server, String by) {
    return name.endsWith(server) ? name.substring(0, name.length() - server.length()) + by : name;
  }

  private static String fields(ObjectNode content) {
    StringBuilder names = new StringBuilder();
    content
        .fieldNames()
        .forEachRemaining(name -> names.append(names.isEmpty() ? "" : ", ").append(name));
    return names.isEmpty() ? "nothing" : Json.shortened(names.toString());
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
