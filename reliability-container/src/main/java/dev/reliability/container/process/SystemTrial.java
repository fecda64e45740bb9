package dev.reliability.container.process;

import dev.reliability.core.runtime.Pause;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tries a command on this machine, for five seconds at most. */
final class SystemTrial implements FenceFinder.Trial {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int MOST_PAUSES = 5_000;
  private static final int MOST_SAID = 1_000;

  @Override
  public FenceFinder.Tried run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectOutput(Redirect.DISCARD)
            .start();
    for (int i = 0; i < MOST_PAUSES && process.isAlive(); i++) {
      Pause.ofNanos(PAUSE_NANOS);
    }
    if (process.isAlive()) {
      process.destroyForcibly();
      throw new IOException("it did not end within five seconds");
    }
    String said =
        new String(process.getErrorStream().readNBytes(MOST_SAID), StandardCharsets.UTF_8);
    return new FenceFinder.Tried(process.exitValue(), said);
  }
}
