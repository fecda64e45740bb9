package dev.reliability.whatsapp.baileys;

import static org.awaitility.Awaitility.await;

import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.WhatsAppListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The real client library behind a socket of ours, and a server on the loopback interface. */
final class BaileysRig implements AutoCloseable {
  static final String JID = "15550000002@s.whatsapp.net";
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  final ReliabilityRuntime runtime = ReliabilityRuntime.system();
  final ProcessRuntime processes = ProcessRuntime.system(runtime);
  final Path directory;
  final Loopback server;
  final BaileysSocket socket;
  final List<IncomingMessage> messages = new CopyOnWriteArrayList<>();
  final List<String> codes = new CopyOnWriteArrayList<>();
  final List<String> pairingCodes = new CopyOnWriteArrayList<>();

  /** With a device that is paired already. */
  BaileysRig() {
    this(Loopback.start(), true, builder -> builder);
  }

  BaileysRig(Loopback server, boolean isPaired, UnaryOperator<BaileysSocket.Builder> more) {
    this.server = server;
    try {
      directory = Files.createTempDirectory("reliability-baileys-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (isPaired) {
      server.device(authDir());
    }
    socket = socket(more);
  }

  Path authDir() {
    return directory.resolve("auth");
  }

  BaileysSocket socket(UnaryOperator<BaileysSocket.Builder> more) {
    return more.apply(
            BaileysSocket.builder(runtime, processes, authDir())
                .baileys(WithBaileys.PACKAGE)
                .url(server.url())
                .listener(
                    new WhatsAppListener() {
                      @Override
                      public void message(IncomingMessage message) {
                        messages.add(message);
                      }

                      @Override
                      public void pairingCode(String code) {
                        pairingCodes.add(code);
                      }

                      @Override
                      public void qr(String code) {
                        codes.add(code);
                      }
                    }))
        .build();
  }

  /** The pids of the bridges that use this rig's directory. */
  List<Long> bridges() {
    return bridges(authDir());
  }

  /** The pids of the bridges that use a directory. */
  static List<Long> bridges(Path authDir) {
    String script = BridgeScripts.main(authDir).toAbsolutePath().toString();
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(
            pid -> {
              String[] words = commandLine(pid).split("\0", -1);
              return words.length > 1 && words[0].endsWith("node") && words[1].equals(script);
            })
        .toList();
  }

  static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(pid), "cmdline"));
    } catch (IOException e) {
      return "";
    }
  }

  static void until(String what, BooleanSupplier condition) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(condition::getAsBoolean);
  }

  @Override
  public void close() {
    socket.close();
    processes.close();
    runtime.close();
    server.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
