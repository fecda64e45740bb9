package dev.reliability.ops.timeline;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * A timeline as one HTML file that needs nothing else: no network, no font, no other file. The same
 * timeline, time and notes give the same bytes. What names and texts say is data and is never taken
 * for markup; a policy in the page lets nothing run but its own script, and nothing be loaded.
 * Immutable.
 *
 * <p>A page that lives longer than one look takes {@link #style()}, the module {@link #script()},
 * which exports {@code drawTimeline(element, data)}, and {@link #data()} for each look: what it
 * gives back has {@code update(data)}, which keeps what the reader looks at, and {@code destroy()}.
 */
public final class TimelinePage {
  private static final List<String> SCRIPTS =
      List.of(
          "timeline-model.js",
          "timeline-scale.js",
          "timeline-paint.js",
          "timeline-bars.js",
          "timeline-words.js",
          "timeline-table.js",
          "timeline-keys.js",
          "timeline.js");

  private static final String BOOT =
      "\ndrawTimeline(document.getElementById(\"timeline\"),"
          + " JSON.parse(document.getElementById(\"timeline-data\").textContent));\n";

  private final Timeline timeline;
  private final Instant now;
  private final List<String> notes;

  private TimelinePage(Timeline timeline, Instant now, List<String> notes) {
    this.timeline = Objects.requireNonNull(timeline, "timeline");
    this.now = Objects.requireNonNull(now, "now");
    this.notes = List.copyOf(notes);
  }

  /**
   * The page of a timeline.
   *
   * @param now what time it was drawn at
   */
  public static TimelinePage of(Timeline timeline, Instant now) {
    return new TimelinePage(timeline, now, List.of());
  }

  /** The same, with what the reader should know, such as that a journal is not whole. */
  public TimelinePage notes(List<String> more) {
    return new TimelinePage(timeline, now, more);
  }

  /** What {@code drawTimeline} takes: JSON, in ASCII, without {@code <}. */
  public String data() {
    return TimelineData.of(timeline, now, notes);
  }

  /** The module that draws: it needs no other, and puts nothing into the global scope. */
  public static String script() {
    StringBuilder script = new StringBuilder();
    SCRIPTS.forEach(name -> script.append(resource(name)));
    return script.toString();
  }

  /** The style of what is drawn. */
  public static String style() {
    return resource("timeline.css");
  }

  /** The whole file; it ends with a newline. */
  public String html() {
    String style = style();
    String script = script() + BOOT;
    // Each once, from the beginning: what is put in is not looked through.
    return filled(
        resource("timeline.html"),
        List.of("{{policy}}", "{{style}}", "{{data}}", "{{script}}"),
        List.of(
            "default-src 'none'; style-src '"
                + hash(style)
                + "'; script-src '"
                + hash(script)
                + "'; img-src data:; base-uri 'none'; form-action 'none'",
            style,
            data(),
            script));
  }

  private static String filled(String template, List<String> places, List<String> values) {
    StringBuilder page = new StringBuilder();
    int from = 0;
    for (int i = 0; i < places.size(); i++) {
      int at = template.indexOf(places.get(i), from);
      if (at < 0) {
        throw new IllegalStateException("timeline.html: expected " + places.get(i) + " in it");
      }
      page.append(template, from, at).append(values.get(i));
      from = at + places.get(i).length();
    }
    return page.append(template, from, template.length()).toString();
  }

  private static String hash(String text) {
    byte[] sum = Hashing.sha256().hashString(text, StandardCharsets.UTF_8).asBytes();
    return "sha256-" + Base64.getEncoder().encodeToString(sum);
  }

  private static String resource(String name) {
    try (InputStream in = TimelinePage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not in the jar: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot be read: " + name, e);
    }
  }
}
