package dev.reliability.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reliability.core.event.CustomEvent;
import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import dev.reliability.core.event.ProcessEvent;
import dev.reliability.core.event.RunEvent;
import dev.reliability.core.event.Subject;
import dev.reliability.core.event.UnknownEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecReadingTest {
  private static final String ENDED = EventCodec.encode(EventSamples.of(RunEvent.Ended.class));
  private static final String FAILED =
      EventCodec.encode(EventSamples.of(RunEvent.StartFailed.class));

  /** {@code line} with one piece of it replaced; the piece must be there. */
  private static String with(String line, String piece, String replacement) {
    assertThat(line).contains(piece);
    return line.replace(piece, replacement);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // the piece                | instead                | key                     | expected
        //       | found
        "\"seq\":7                  | \"seq\":\"7\"          | seq                     | a whole number    | \"7\"",
        "\"seq\":7                  | \"seq\":7.0            | seq                     | a whole number    | 7.0",
        "\"seq\":7                  | \"seq\":null           | seq                     | a whole number    | null",
        "\"seq\":7                  | \"seq\":9223372036854775808 | seq                | of 64 bits        | 9223372036854775808",
        "\"seq\":7,                 | ''                     | seq                     | a whole number    | nothing",
        "\"mono\":250000000         | \"mono\":1e3           | mono                    | a whole number    | 1e3",
        "\"mono\":250000000         | \"mono\":true          | mono                    | a whole number    | true",
        "\"node\":\"worker-1\"      | \"node\":[1]           | node                    | a text            | a list",
        "\"node\":\"worker-1\"      | \"node\":{}            | node                    | a text            | an object",
        "\"node\":\"worker-1\",     | ''                     | node                    | a text            | nothing",
        "\"type\":\"run.ended\",    | ''                     | type                    | a text            | nothing",
        "\"type\":\"run.ended\"     | \"type\":\"custom. \"  | type                    | a name            | \"custom. \"",
        "\"v\":1,                   | ''                     | v                       | version           | nothing",
        "\"v\":1                    | \"v\":0                | v                       | version 1         | 0",
        "\"v\":1                    | \"v\":2                | v                       | version 1         | 2, written by a newer release",
        "\"v\":1                    | \"v\":\"1\"            | v                       | a whole number    | \"1\"",
        "\"token\":3                | \"token\":\"x\"        | token                   | a whole number    | \"x\"",
        "\"lane\":\"andy-developer\"| \"lane\":5             | lane                    | a text            | 5",
        "-0a1b2c3d#6\"              | -0a1b2c3d\"            | cause                   | epoch#seq         | \"20260101T000000Z-0a1b2c3d\"",
        "-0a1b2c3d#6\"              | #+6\"                  | cause                   | epoch#seq         | \"20260101T000000Z#+6\"",
        "00:00:00.250Z              | 00:00:00.25Z           | ts                      | with milliseconds | \"2026-01-01T00:00:00.25Z\"",
        "00:00:00.250Z              | 00:00:00.250           | ts                      | with milliseconds | \"2026-01-01T00:00:00.250\"",
        "01-01T00:00:00.250Z        | 02-29T00:00:00.250Z    | ts                      | with milliseconds | \"2026-02-29T00:00:00.250Z\"",
        "00:00:00.250Z              | 24:00:00.250Z          | ts                      | with milliseconds | \"2026-01-01T24:00:00.250Z\"",
        "00:00:00.250Z              | 23:59:60.250Z          | ts                      | with milliseconds | \"2026-01-01T23:59:60.250Z\"",
        "00:00:00.250Z              | 00:00:00.250+01:00     | ts                      | with milliseconds | \"2026-01-01T00:00:00.250+01:00\"",
        "\"state\":\"queued\"       | \"state\":\"paused\"   | attrs.state             | one of [queued    | \"paused\"",
        "\"state\":\"queued\"       | \"state\":\"Queued\"   | attrs.state             | one of [queued    | \"Queued\"",
        "\"state\":\"queued\"       | \"state\":null         | attrs.state             | one of [queued    | null",
        "no_output_timeout          | unknown                | attrs.reason            | other:<text>      | \"unknown\"",
        "\"attempts\":8             | \"attempts\":2147483648| attrs.attempts          | of 32 bits        | 2147483648",
        "\"attempts\":8,            | ''                     | attrs.attempts          | of 32 bits        | nothing",
        "\"recorded\":true          | \"recorded\":1         | attrs.recorded          | true or false     | 1",
        "\"idle_ms\":6000           | \"idle_ms\":\"6s\"     | attrs.timeouts.idle_ms  | milliseconds      | \"6s\"",
        "\"idle_ms\":6000           | \"idle_ms\":0.0000001  | attrs.timeouts.idle_ms  | 6 decimals        | \"0.0000001\"",
        "\"idle_ms\":6000           | \"idle_ms\":1e999999999| attrs.timeouts.idle_ms  | no exponent       | \"1e999999999\"",
        "\"idle_ms\":6000,          | ''                     | attrs.timeouts.idle_ms  | milliseconds      | nothing",
        "[\"one\",\"two\"]          | [\"one\",2]            | attrs.survivors         | a list of texts   | 2",
        "[\"one\",\"two\"]          | [\"one\",null]         | attrs.survivors         | a list of texts   | null",
        "[\"one\",\"two\"]          | \"one\"                | attrs.survivors         | a list of texts   | \"one\"",
        "{\"key\":\"value\"}        | {\"key\":7}            | attrs.context.key       | a text            | 7",
        "{\"key\":\"value\"}        | [\"key\"]              | attrs.context           | an object         | a list",
        "00:00:00.000000005Z        | 00:00:00.000000005     | attrs.link.since        | a time in UTC     | \"2026-01-01T00:00:00.000000005\"",
        "00:00:00.000000005Z        | 99:00:00Z              | attrs.link.since        | a time in UTC     | \"2026-01-01T99:00:00Z\"",
        "\"link\":{                 | \"link\":7,\"x\":{     | attrs.link              | an object         | 7",
        "\"attrs\":{                | \"attrs\":7,\"x\":{    | attrs                   | an object         | 7",
        // each key once, wherever it is
        "\"seq\":7                  | \"seq\":7,\"seq\":7    | seq                     | each key once     | it twice",
        "\"v\":1                    | \"v\":1,\"new\":1,\"new\":1 | new                | each key once     | it twice",
        "\"attempts\":8             | \"attempts\":8,\"attempts\":8 | attrs.attempts   | each key once     | it twice",
        "\"attempts\":8             | \"attempts\":8,\"x\":8,\"x\":8 | attrs.x         | each key once     | it twice",
        "\"exit_code\":8            | \"exit_code\":null,\"exit_code\":8 | attrs.exit_code | each key once | it twice",
        "\"idle_ms\":6000           | \"idle_ms\":1,\"idle_ms\":1 | attrs.timeouts.idle_ms | each key once | it twice",
        "{\"key\":\"value\"}        | {\"key\":\"v\",\"key\":\"v\"} | attrs.context.key | each key once    | it twice",
      })
  void whatIsWrongIsNamedWithKeyExpectationAndValue(
      String piece, String instead, String key, String expected, String found) {
    String line = with(ENDED, piece, instead);

    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> EventCodec.decode(line))
        .satisfies(
            e -> {
              assertThat(e.key()).isEqualTo(key);
              assertThat(e.expected()).contains(expected);
              assertThat(e.found()).isEqualTo(found);
              assertThat(e).hasMessage(key + ": expected " + e.expected() + ", got " + found);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "x",
        "[]",
        "7",
        "null",
        "\"v\"",
        "{",
        "{}",
        "{\"v\":1",
        "{\"v\":1}",
        "{\"v\":1}}",
        "{v:1}",
        "{\"v\":1,}",
        "\u0000\u0000\u0000\u0000",
        "\uFEFF{}",
        "{\u0000\"\u0000v\u0000",
        "{'v':1}",
        "// c",
        "{\"v\":01}",
        "{\"v\":NaN}"
      })
  void aLineThatIsNoEventIsRefused(String line) {
    assertThatThrownBy(() -> EventCodec.decode(line)).isInstanceOf(CodecException.class);
  }

  @Test
  void nothingMayFollowTheObject() {
    assertThatThrownBy(() -> EventCodec.decode(ENDED + ENDED)).isInstanceOf(CodecException.class);
    assertThatThrownBy(() -> EventCodec.decode(ENDED + "x")).isInstanceOf(CodecException.class);
    assertThat(EventCodec.decode(ENDED + " \r")).isEqualTo(EventCodec.decode(ENDED));
  }

  @Test
  void everyBeginningOfALineIsRefused() {
    byte[] bytes = ENDED.getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < bytes.length; length++) {
      byte[] torn = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> EventCodec.decode(torn, 0, torn.length))
          .isInstanceOf(CodecException.class);
    }
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    for (String piece : new String[] {"worker-1", "andy-developer", "a detail"}) {
      byte[] bytes = FAILED.getBytes(StandardCharsets.ISO_8859_1);
      bytes[FAILED.indexOf(piece) + 2] = (byte) 0xE9;
      assertThatThrownBy(() -> EventCodec.decode(bytes, 0, bytes.length))
          .isInstanceOf(CodecException.class);
    }
    String unknown =
        with(with(FAILED, "run.start_failed", "run.soon_failed"), "a detail", "a d\u00e9tail");
    byte[] latin = unknown.getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> EventCodec.decode(latin, 0, latin.length))
        .isInstanceOf(CodecException.class);
  }

  @Test
  void aPartOutsideTheArrayIsMisuse() {
    assertThatThrownBy(() -> EventCodec.decode(new byte[3], 2, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aHostsOwnReasonIsRead() {
    RunEvent.Ended ended =
        (RunEvent.Ended)
            EventCodec.decode(with(ENDED, "no_output_timeout", "other:out of tea")).data();

    assertThat(ended.reason()).isEqualTo(EndReason.other("out of tea"));
  }

  @Test
  void whatMayBeAbsentIsNullWhetherLeftOutOrNull() {
    String absent = with(FAILED, ",\"retry_in_ms\":10500", "");
    String isNull = with(FAILED, "10500", "null");

    RunEvent.StartFailed expected = new RunEvent.StartFailed(7, "a failure", "a detail", null);
    assertThat(EventCodec.decode(absent).data()).isEqualTo(expected);
    assertThat(EventCodec.decode(isNull).data()).isEqualTo(expected);
  }

  @Test
  void keysMayComeInAnyOrder() {
    String line =
        """
        {"attrs":{"detail":"d","failure":"f","attempt":2},"cause":null,"type":"run.start_failed",\
        "node":"n","mono":-5,"ts":"2026-01-01T00:00:00.000Z","seq":9,"epoch":"e#1","v":1,"token":null}""";

    assertThat(EventCodec.decode(line))
        .isEqualTo(
            new Event(
                new EventId("e#1", 9),
                EventSamples.START,
                -5,
                "n",
                Subject.NONE,
                null,
                new RunEvent.StartFailed(2, "f", "d", null)));
  }

  @Test
  void anUnknownTypeKeepsItsAttributesAsTheyWere() {
    String attrs = "{ \"z\" : 1.0, \"a\":[ {\"\\u0041\":null} ],\t\"z2\":1E5, \"ü\":\"\\/\" }";
    String line = ENDED.substring(0, ENDED.indexOf("\"attrs\":")) + "\"attrs\":" + attrs + "}";
    String unknown = with(line, "run.ended", "lane.hummed");

    Event event = EventCodec.decode(unknown);

    assertThat(event.data()).isEqualTo(new UnknownEvent("lane.hummed", attrs));
    assertThat(event.type()).isEqualTo("lane.hummed");
    assertThat(EventCodec.encode(event)).isEqualTo(unknown);
  }

  @Test
  void anUnknownTypeWithoutAttributesHasNone() {
    String line = ENDED.substring(0, ENDED.indexOf(",\"attrs\":")) + "}";

    assertThat(EventCodec.decode(with(line, "run.ended", "lane.hummed")).data())
        .isEqualTo(new UnknownEvent("lane.hummed", "{}"));
  }

  @Test
  void attributesOfAnUnknownEventMustBeOneObjectOnOneLine() {
    for (String json :
        new String[] {"", "7", "[]", "{", "{}{}", "{}\n", "{\"a\":}", "{\n}", "{\"a\":1,}"}) {
      Event event = EventSamples.event("e", 1, EventSamples.START, new UnknownEvent("x", json));
      assertThatThrownBy(() -> EventCodec.encode(event))
          .isInstanceOf(CodecException.class)
          .hasMessageStartingWith("attrs: expected one JSON object");
    }
  }

  @Test
  void aNullThatMustNotBeThereIsNamedWhenItIsWritten() {
    Event data =
        EventSamples.event(
            "e", 1, EventSamples.START, new RunEvent.Started(1, null, Duration.ZERO));
    Event node =
        new Event(
            new EventId("e", 1),
            Instant.EPOCH,
            0,
            null,
            Subject.NONE,
            null,
            new ProcessEvent.Stopped("x"));

    assertThatThrownBy(() -> EventCodec.encode(data))
        .hasMessage("attrs.worker: expected a text, got null");
    assertThatThrownBy(() -> EventCodec.encode(node)).hasMessage("node: expected a text, got null");
  }

  @Test
  void aMapHasNoAbsentKeysOrValues() {
    Map<String, String> attrs = new HashMap<>();
    attrs.put("a", null);
    assertThatThrownBy(() -> Compounds.TEXT_MAP.write(new LineWriter(64), attrs))
        .isInstanceOf(CodecException.class);
    attrs.clear();
    attrs.put(null, "x");
    assertThatThrownBy(() -> Compounds.TEXT_MAP.write(new LineWriter(64), attrs))
        .isInstanceOf(CodecException.class);

    Event custom =
        EventSamples.event("e", 1, EventSamples.START, new CustomEvent("c", Map.of("a", "1")));
    assertThatThrownBy(() -> EventCodec.decode(with(EventCodec.encode(custom), "\"1\"", "null")))
        .hasMessage("attrs.a: expected a text, got null");
  }

  @Test
  void aLineMayHaveFourMebibytesAndNoMore() {
    int others = EventCodec.encode(EventSamples.big(1, 0)).length() + 1;
    Event longest = EventSamples.big(1, EventCodec.MAX_LINE_BYTES - others);
    Event tooLong = EventSamples.big(1, EventCodec.MAX_LINE_BYTES - others + 1);

    assertThat(EventCodec.decode(EventCodec.encode(longest))).isEqualTo(longest);
    assertThatThrownBy(() -> EventCodec.encode(tooLong))
        .hasMessageStartingWith("line: expected at most 4194304 bytes");
  }
}
