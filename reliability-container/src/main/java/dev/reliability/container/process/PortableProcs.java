package dev.reliability.container.process;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK tells on any system: who is whose child. No sessions and no environments; starts are
 * in milliseconds.
 */
final class PortableProcs implements ProcSource {

  @Override
  public boolean knowsSessions() {
    return false;
  }

  @Override
  public ProcTable scan(Consumer<ProcStat> each) {
    return new ProcTable(ProcessHandle.allProcesses().map(PortableProcs::stat).peek(each).toList());
  }

  @Override
  public @Nullable ProcStat read(long pid) {
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    return handle.isPresent() ? stat(handle.get()) : null;
  }

  @Override
  public boolean carries(long pid, Cookie cookie) {
    return false;
  }

  @Override
  public List<String> arguments(long pid) {
    return List.of();
  }

  private static ProcStat stat(ProcessHandle handle) {
    ProcessHandle.Info info = handle.info();
    String name =
        info.command()
            .map(command -> Path.of(command).getFileName())
            .map(Path::toString)
            .orElse("?");
    return new ProcStat(
        handle.pid(),
        name,
        handle.isAlive() ? 'R' : 'X',
        handle.parent().map(ProcessHandle::pid).orElse(0L),
        -1,
        1,
        info.startInstant().map(Instant::toEpochMilli).orElse(0L));
  }
}
