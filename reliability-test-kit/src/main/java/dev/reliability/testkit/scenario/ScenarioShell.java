package dev.reliability.testkit.scenario;

import dev.reliability.core.run.MarkerRule;
import dev.reliability.core.run.MarkerRule.Meaning;
import dev.reliability.core.run.OutputFrame;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Writes a worker as a script for a POSIX shell. Its sleeps are waited for in the background, so
 * that it hears a signal at once; a second process reads its input and tells it of the end, since a
 * shell cannot do both.
 */
final class ScenarioShell {
  static final MarkerRule MARKERS = ScenarioShell::meaning;

  private static final byte[] MARKER = bytes("marker");
  private static final byte[] RESULT = bytes("result ");
  private static final byte[] TOOL_STARTS = bytes("tool starts");
  private static final byte[] TOOL_ENDS = bytes("tool ends");

  private final StringBuilder lines = new StringBuilder();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Meaning meaning(OutputFrame frame) {
    if (frame.isError()) {
      return Meaning.NOISE;
    }
    if (frame.startsWith(RESULT)) {
      return Meaning.RESULT;
    }
    if (frame.startsWith(TOOL_STARTS)) {
      return Meaning.TOOL_STARTED;
    }
    if (frame.startsWith(TOOL_ENDS)) {
      return Meaning.TOOL_ENDED;
    }
    return frame.startsWith(MARKER) ? Meaning.PROGRESS : Meaning.NOISE;
  }

  void says(String text) {
    lines.append("printf '%s\\n' ").append(quoted(text)).append('\n');
  }

  void saysError(String text) {
    lines.append("printf '%s\\n' ").append(quoted(text)).append(" >&2\n");
  }

  void noise(long bytes) {
    if (bytes > 0) { // with a line end, so that nothing that follows is glued to it
      lines.append("head -c ").append(bytes - 1).append(" /dev/zero | tr '\\0' '.'; echo\n");
    }
  }

  void waits(long millis) {
    lines.append("nap ").append(seconds(millis)).append('\n');
  }

  void talks(long millis) {
    lines.append("while :; do echo marker; nap ").append(seconds(millis)).append("; done\n");
  }

  void closesOutput() {
    lines.append("exec >&- 2>&-\n");
  }

  void stays() {
    lines.append("while :; do nap 60; done\n");
  }

  void exits(int code) {
    lines.append("exit ").append(code).append('\n');
  }

  String script(boolean heedsInput, boolean heedsTerminate) {
    StringBuilder script = new StringBuilder();
    script.append("nap() { sleep \"$1\" </dev/null >/dev/null 2>&1 & wait $!; }\n");
    script.append(heedsTerminate ? "trap 'exit 143' TERM\n" : "trap '' TERM\n");
    if (heedsInput) {
      script.append("trap 'exit 0' USR1\n");
      script.append("exec 3<&0\n");
      script.append("{ cat <&3; kill -USR1 $$; } >/dev/null 2>&1 &\n");
      script.append("exec 3<&-\n");
    }
    return script.append(lines).toString();
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%d.%03d", millis / 1_000, millis % 1_000);
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
