package dev.reliability.whatsapp.baileys;

import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.runtime.ReliabilityRuntime;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A host that opens a link and then does nothing, to be killed. Says {@code open} once it is. */
final class ParentJvm {
  private ParentJvm() {}

  public static void main(String[] args) throws InterruptedException {
    ReliabilityRuntime runtime = ReliabilityRuntime.system();
    ProcessRuntime processes = ProcessRuntime.system(runtime);
    EventBus bus = EventBus.builder(runtime).build();
    BaileysSocket socket =
        BaileysSocket.builder(runtime, processes, Path.of(args[0]))
            .baileys(Path.of(args[1]))
            .url(URI.create(args[2]))
            .build();
    LinkSupervisor.builder("whatsapp", socket, bus)
        .onChange(
            view -> {
              if (view.state() == LinkState.OPEN) {
                System.out.println("open");
              }
            })
        .build()
        .start();
    new CountDownLatch(1).await();
  }
}
