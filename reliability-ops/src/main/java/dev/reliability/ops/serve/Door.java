package dev.reliability.ops.serve;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who comes in, and for what (requirement R2). Pure.
 *
 * <p>A page of another origin can send requests to this server, and a name that leads elsewhere
 * today can lead here tomorrow: so the host has to be one of ours, an origin has to be our own, and
 * what changes something takes the token, in a header that no form can send, and a ticket that is
 * good once.
 *
 * @param hosts what the host header may say, in lower case, with the port
 * @param names further hosts, whatever the port, such as that of a proxy; pages of theirs may ask
 * @param isOpenForReading whether looking takes no token: only on the machine itself
 */
record Door(Set<String> hosts, Set<String> names, boolean isOpenForReading) {
  static final int MOST_BYTES = 4_096;

  /** What a request is for. */
  enum What {
    /** The page without any facts: its text, style and script; and whether the server lives. */
    SHELL,
    /** Facts. */
    FACTS,
    /** A ticket for one change. */
    TICKET,
    /** A change. */
    CHANGE
  }

  private static final Map<String, What> PATHS =
      Map.ofEntries(
          Map.entry("/", What.SHELL),
          Map.entry("/page.css", What.SHELL),
          Map.entry("/page.js", What.SHELL),
          Map.entry("/healthz", What.SHELL),
          Map.entry("/readyz", What.FACTS),
          Map.entry("/metrics", What.FACTS),
          Map.entry("/timeline", What.FACTS),
          Map.entry("/api/status", What.FACTS),
          Map.entry("/api/live", What.FACTS),
          Map.entry("/api/tickets", What.TICKET),
          Map.entry("/api/actions", What.CHANGE));

  /**
   * A request.
   *
   * @param token whether it has the token; null if it has none at all
   * @param ticket how its ticket stands; null if it has none
   * @param length of its body in bytes; negative if it does not say
   */
  record Knock(
      String method,
      String path,
      @Nullable String host,
      @Nullable String origin,
      @Nullable String site,
      @Nullable Boolean token,
      Tickets.@Nullable State ticket,
      @Nullable String contentType,
      long length) {}

  /**
   * Why somebody does not come in.
   *
   * @param status of HTTP
   */
  record Refusal(int status, String why) {}

  /** Why this request is refused; null if it is not. */
  @Nullable Refusal refusal(Knock knock) {
    if (knock.host == null || !isOurs(knock.host.toLowerCase(Locale.ROOT))) {
      return new Refusal(
          421,
          "expected one of its hosts, got "
              + (knock.host == null ? "none" : "\"" + knock.host + "\"")
              + ": serve --host NAME adds one");
    }
    What what = PATHS.get(knock.path);
    if (what == null) {
      return new Refusal(404, "there is no such page");
    }
    if (isForeign(knock, what)) {
      return new Refusal(403, "another origin may not ask");
    }
    boolean changes = what == What.TICKET || what == What.CHANGE;
    Refusal wrongMethod = wrongMethod(knock, changes);
    if (wrongMethod != null) {
      return wrongMethod;
    }
    if (what != What.SHELL && (changes || !isOpenForReading) && !Boolean.TRUE.equals(knock.token)) {
      return new Refusal(
          401, knock.token == null ? "this takes the token" : "this is not the token");
    }
    return what == What.CHANGE ? unfit(knock) : null;
  }

  private boolean isOurs(String host) {
    return hosts.contains(host) || names.contains(withoutPort(host));
  }

  private boolean isOurs(String origin, Knock knock) {
    if (origin.equalsIgnoreCase("http://" + knock.host)) {
      return true;
    }
    int at = origin.indexOf("://");
    String scheme = at < 0 ? "" : origin.substring(0, at);
    return (scheme.equals("http") || scheme.equals("https"))
        && names.contains(withoutPort(origin.substring(at + 3)));
  }

  private static String withoutPort(String host) {
    return host.replaceFirst(":[0-9]{1,5}$", "");
  }

  /** A link from elsewhere may lead to the page, which has no facts in it. */
  private boolean isForeign(Knock knock, What what) {
    String origin = knock.origin;
    String site = knock.site;
    return (origin != null && !isOurs(origin.toLowerCase(Locale.ROOT), knock))
        || (what != What.SHELL
            && site != null
            && !site.equals("same-origin")
            && !site.equals("none"));
  }

  private static @Nullable Refusal wrongMethod(Knock knock, boolean changes) {
    boolean fits =
        switch (knock.method) {
          case "POST" -> changes;
          case "GET" -> !changes;
          case "HEAD" -> !changes && !knock.path.equals("/api/live"); // it would never end
          default -> false;
        };
    return fits ? null : new Refusal(405, "expected " + (changes ? "POST" : "GET"));
  }

  private static @Nullable Refusal unfit(Knock knock) {
    String type = knock.contentType;
    if (type == null || !type.toLowerCase(Locale.ROOT).matches("application/json(\\s*;.*)?")) {
      return new Refusal(415, "expected application/json");
    }
    if (knock.length < 0) {
      return new Refusal(411, "expected a length");
    }
    if (knock.length > MOST_BYTES) {
      return new Refusal(413, "expected at most " + MOST_BYTES + " bytes");
    }
    if (knock.ticket == null || knock.ticket == Tickets.State.UNKNOWN) {
      return new Refusal(403, "this takes a ticket of /api/tickets");
    }
    return knock.ticket == Tickets.State.GOOD
        ? null
        : new Refusal(409, "this ticket was used or is too old: ask for another one");
  }
}
