package dev.reliability.container.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.container.ContainerInfo;
import dev.reliability.container.engine.EngineCli.Answer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How an engine's answers are read, and what is none. */
class EngineAnswersTest {

  @Test
  void aLineIsAState() {
    EngineState state =
        EngineState.parse(
            "abc\t/name\texited\t137\ttrue\tSIGINT\t{\"a\":\"x\\ty\\u0041\\\"\\\\\", \"b\":\"\"}");
    assertThat(state)
        .isEqualTo(
            new EngineState(
                "abc", "name", "exited", 137, true, "SIGINT", Map.of("a", "x\tyA\"\\", "b", "")));
    assertThat(state.state()).isEqualTo(ContainerInfo.State.ENDED);
  }

  @Test
  void whatIsNotToldHasItsDefault() {
    EngineState state = EngineState.parse("abc\tname\tcreated\t0\tfalse\t\tnull");
    assertThat(state.stopSignal()).isEqualTo("TERM");
    assertThat(state.labels()).isEmpty();
    assertThat(state.state()).isEqualTo(ContainerInfo.State.STARTING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "a\tb\tc",
        "\tname\trunning\t0\tfalse\t\t{}",
        "id\tname\trunning\tmany\tfalse\t\t{}",
        "id\tname\trunning\t0\tfalse\t\t{",
        "id\tname\trunning\t0\tfalse\t\t{\"a\":1}",
        "id\tname\trunning\t0\tfalse\t\t{\"a\":\"b\"} more",
        "id\tname\trunning\t0\tfalse\t\t{\"a\":\"\\x\"}",
        "id\tname\trunning\t0\tfalse\t\t[]"
      })
  void anythingElseIsNone(String line) {
    assertThat(EngineState.parse(line)).isNull();
    assertThat(EngineCommands.seen(new Answer(0, line, "", ""))).isInstanceOf(Seen.NoAnswer.class);
  }

  @Test
  void onlyTheEnginesOwnWordMakesAContainerMissing() {
    assertThat(EngineCommands.seen(new Answer(125, "", "Error: no such container x", "")))
        .isEqualTo(new Seen.Missing());
    assertThat(EngineCommands.seen(new Answer(1, "", "Error: No such container: x", "")))
        .isEqualTo(new Seen.Missing());
    assertThat(EngineCommands.seen(new Answer(125, "", "cannot connect", "")))
        .isInstanceOf(Seen.NoAnswer.class);
    assertThat(EngineCommands.seen(new Answer(-1, "", "no such container", "timed out")))
        .isInstanceOf(Seen.NoAnswer.class);
  }
}
