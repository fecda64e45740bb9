package dev.reliability.ops.timeline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.reliability.core.event.EventId;
import dev.reliability.ops.timeline.Timeline.Incarnation;
import dev.reliability.ops.timeline.Timeline.Lane;
import dev.reliability.ops.timeline.Timeline.Mark;
import dev.reliability.ops.timeline.Timeline.Pause;
import dev.reliability.ops.timeline.Timeline.Proof;
import dev.reliability.ops.timeline.Timeline.Run;
import dev.reliability.ops.timeline.Timeline.Silence;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A timeline as the script reads it: rows of numbers, texts by their place in a table, times in
 * milliseconds. {@code timeline-model.js} reads the same rows in the same order. Not thread-safe.
 *
 * <p>All is ASCII, and without {@code <}, {@code >} and {@code &}: so it may stand in a script
 * element whatever a lane is called.
 */
final class TimelineData {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /** The last moment that a script has, and the first, negative. */
  private static final long LAST = 8_640_000_000_000_000L;

  private final StringWriter text = new StringWriter();
  private final JsonGenerator out;
  private final Map<String, Integer> texts = new LinkedHashMap<>();

  private TimelineData() throws IOException {
    out = JSON.createGenerator(text);
    index("");
  }

  /** The document. */
  static String of(Timeline timeline, Instant now, List<String> notes) {
    try {
      TimelineData data = new TimelineData();
      data.write(timeline, now, notes);
      return data.text
          .toString()
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026");
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
  }

  private void write(Timeline timeline, Instant now, List<String> notes) throws IOException {
    out.writeStartObject();
    out.writeNumberField("v", 1);
    out.writeNumberField("now", millis(now));
    out.writeNumberField("since", millis(timeline.window().since()));
    out.writeNumberField("until", millis(timeline.window().until()));
    words("asked", timeline.asked());
    words("notes", notes);
    out.writeStringField("left", timeline.leftOut().text());
    out.writeArrayFieldStart("ends");
    for (Map.Entry<String, Long> end : timeline.ends().entrySet()) {
      row(index(end.getKey()), end.getValue());
    }
    out.writeEndArray();
    together(timeline.together());
    out.writeArrayFieldStart("incarnations");
    for (Incarnation one : timeline.incarnations()) {
      incarnation(one);
    }
    out.writeEndArray();
    Map<String, Integer> places = new LinkedHashMap<>();
    out.writeArrayFieldStart("lanes");
    for (Lane lane : timeline.lanes()) {
      places.put(lane.name(), places.size());
      lane(lane);
    }
    out.writeEndArray();
    runs(timeline.runs(), places);
    out.writeArrayFieldStart("marks");
    for (Mark mark : timeline.marks()) {
      mark(mark);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("silences");
    for (Silence one : timeline.silences()) {
      silence(one);
    }
    out.writeEndArray();
    words("texts", new ArrayList<>(texts.keySet()));
    out.writeEndObject();
    out.close();
  }

  private void words(String name, List<String> words) throws IOException {
    out.writeArrayFieldStart(name);
    for (String word : words) {
      out.writeString(word);
    }
    out.writeEndArray();
  }

  private void together(Timeline.Together together) throws IOException {
    out.writeFieldName("together");
    row(
        together.tolerance().toMillis(),
        together.events(),
        together.matched(),
        index(together.verdict().wireName()),
        index(together.why()));
  }

  private void incarnation(Incarnation one) throws IOException {
    row(
        index(one.epoch()),
        index(one.node()),
        one.pid(),
        millis(one.from()),
        seq(one.started()),
        millis(one.seen()),
        one.stopped() == null ? null : millis(one.stopped()),
        seq(one.stop()),
        index(one.reason()));
  }

  private void lane(Lane lane) throws IOException {
    List<@Nullable Object> row = new ArrayList<>();
    row.add(index(lane.name()));
    for (Pause pause : lane.pauses()) {
      row.add(pause.from() == null ? null : millis(pause.from()));
      row.add(epoch(pause.paused()));
      row.add(seq(pause.paused()));
      row.add(pause.until() == null ? null : millis(pause.until()));
      row.add(epoch(pause.resumed()));
      row.add(seq(pause.resumed()));
      row.add(index(pause.reason()));
      row.add(index(pause.after()));
    }
    row(row.toArray());
  }

  private void runs(List<Run> runs, Map<String, Integer> places) throws IOException {
    out.writeArrayFieldStart("runs");
    long before = 0;
    for (Run run : runs) {
      long begin = millis(run.begin());
      List<@Nullable Object> row = new ArrayList<>();
      String epoch = run.proof().isEmpty() ? "" : run.proof().get(0).id().epoch();
      row.add(places.get(run.lane()));
      row.add(name(run.id(), epoch));
      row.add(index(run.item() == null ? "" : run.item()));
      row.add(begin - before);
      row.add(since(begin, run.started()));
      row.add(since(begin, run.firstOutput()));
      row.add(since(begin, run.end()));
      row.add(millis(run.seen()) - begin);
      row.add(index(run.state().wireName()));
      row.add(index(run.reason()));
      row.add(index(run.detail()));
      row.add(index(epoch));
      proof(row, run.proof(), epoch, begin);
      row(row.toArray());
      before = begin;
    }
    out.writeEndArray();
  }

  /** A number, where the name is the incarnation's with a number behind it. */
  private static Object name(String run, String epoch) {
    String number = run.startsWith(epoch + "-") ? run.substring(epoch.length() + 1) : "";
    return !epoch.isEmpty() && number.matches("[1-9][0-9]{0,14}") ? Long.parseLong(number) : run;
  }

  /** Each event: its type, its number and its time, both after the one before. */
  private void proof(List<@Nullable Object> row, List<Proof> proof, String first, long begin) {
    String epoch = first;
    long number = 0;
    long time = begin;
    for (Proof event : proof) {
      if (!event.id().epoch().equals(epoch)) {
        epoch = event.id().epoch();
        number = 0;
        row.add(-1);
        row.add(index(epoch));
      }
      row.add(index(event.type()));
      row.add(event.id().seq() - number);
      row.add(millis(event.at()) - time);
      number = event.id().seq();
      time = millis(event.at());
    }
  }

  private void mark(Mark mark) throws IOException {
    Duration lasts = mark.lasts();
    row(
        index(mark.kind().wireName()),
        millis(mark.at()),
        epoch(mark.id()),
        seq(mark.id()),
        index(mark.about()),
        index(mark.what()),
        index(mark.detail()),
        lasts == null ? 0 : millis(lasts),
        index(mark.actor() == null ? "" : mark.actor()));
  }

  private void silence(Silence one) throws IOException {
    EventId close = one.close() == null ? null : one.close().b();
    row(
        millis(one.at()),
        epoch(one.id()),
        seq(one.id()),
        index(one.lane()),
        index(one.run()),
        epoch(close),
        seq(close),
        one.close() == null ? 0 : millis(one.close().offset()));
  }

  private void row(@Nullable Object... values) throws IOException {
    out.writeStartArray();
    for (Object value : values) {
      if (value == null) {
        out.writeNull();
      } else if (value instanceof Number number) {
        out.writeNumber(number.longValue());
      } else {
        out.writeString(value.toString());
      }
    }
    out.writeEndArray();
  }

  private int index(String word) {
    Integer place = texts.putIfAbsent(word, texts.size());
    return place == null ? texts.size() - 1 : place;
  }

  private int epoch(@Nullable EventId id) {
    return id == null ? 0 : index(id.epoch());
  }

  private static long seq(@Nullable EventId id) {
    return id == null ? 0 : id.seq();
  }

  private static @Nullable Long since(long begin, @Nullable Instant time) {
    return time == null ? null : (Long) (millis(time) - begin);
  }

  private static long millis(Duration duration) {
    try {
      return Math.max(-LAST, Math.min(LAST, duration.toMillis()));
    } catch (ArithmeticException tooLong) {
      return duration.isNegative() ? -LAST : LAST;
    }
  }

  private static long millis(Instant time) {
    try {
      return Math.max(-LAST, Math.min(LAST, time.toEpochMilli()));
    } catch (ArithmeticException outOfTime) {
      return time.getEpochSecond() < 0 ? -LAST : LAST;
    }
  }
}
