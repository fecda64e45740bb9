package dev.reliability.examples.bot;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.core.config.ConfigException;
import dev.reliability.core.config.ReliabilityConfig;
import dev.reliability.core.event.EventBus;
import dev.reliability.core.link.LinkClose;
import dev.reliability.core.link.LinkPolicy;
import dev.reliability.core.link.LinkState;
import dev.reliability.core.link.LinkSupervisor;
import dev.reliability.core.link.LinkView;
import dev.reliability.core.run.RunPolicy;
import dev.reliability.core.run.RunSupervisor;
import dev.reliability.core.runtime.Periodic;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalWriter;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.Outbox;
import dev.reliability.whatsapp.OutboxEntry;
import dev.reliability.whatsapp.OutboxListener;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.WhatsAppListener;
import dev.reliability.whatsapp.baileys.BaileysSocket;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A bot that answers messages with what a command puts out. See {@link BotOptions#USAGE}. */
public final class Bot {
  private static final int AT_A_TIME = 4;
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  private final PrintStream out = System.out;
  private final CompletableFuture<Integer> end = new CompletableFuture<>();
  private volatile @Nullable Answers answers;
  private volatile Runnable work = () -> {};

  private Bot() {}

  /** Runs until the end of standard input, and ends the JVM with the exit code. */
  public static void main(String[] arguments) {
    int code;
    try {
      BotOptions options = BotOptions.parse(List.of(arguments));
      if (options.help()) {
        System.out.print(BotOptions.USAGE);
        code = 0;
      } else {
        code = new Bot().run(options);
      }
    } catch (BotOptions.BadOption | ConfigException | UncheckedIOException e) {
      System.err.println("error: " + e.getMessage());
      code = 2;
    }
    System.out.flush();
    System.exit(code);
  }

  private int run(BotOptions options) {
    ReliabilityConfig environment = ReliabilityConfig.fromEnvironment(System.getenv());
    try (OneAtATime alone = OneAtATime.in(options.directory());
        JournalWriter journal = JournalWriter.open(options.directory());
        ReliabilityRuntime runtime = ReliabilityRuntime.system();
        HikariDataSource pool = pool(options);
        EventBus bus = EventBus.builder(runtime).sink(journal).build();
        ProcessRuntime processes = ProcessRuntime.system(runtime);
        BaileysSocket socket = socket(options, runtime, processes)) {
      JdbcStore store = JdbcStore.open(pool);
      Outbox outbox =
          Outbox.builder("bot", socket, store.states(), bus).listener(new Told()).build();
      Answers its = new Answers(store.leases(), processes, outbox, options, out);
      answers = its;
      try (RunSupervisor runs =
              RunSupervisor.builder()
                  .bus(bus)
                  .policy(RunPolicy.builder().config(environment).jobs(Answers.LANE).build())
                  .store(store.runs())
                  .leases(store.leases())
                  .listener(its)
                  .build();
          LinkSupervisor link =
              LinkSupervisor.builder("whatsapp", socket, bus)
                  .policy(LinkPolicy.builder().config(environment).build())
                  .onChange(outbox::linkChanged)
                  .onChange(view -> runs.updateLink(view.snapshot()))
                  .onChange(this::tell)
                  .build();
          Periodic looking =
              Periodic.start(
                  runtime,
                  runtime.strand(Strand.Kind.DELIVERY, "queue of the bot"),
                  LOOK_EVERY,
                  () -> work.run())) {
        work = () -> takeOn(runs, its);
        link.start();
        endWithInput();
        return end.join();
      } finally {
        outbox.close();
      }
    }
  }

  private static void takeOn(RunSupervisor runs, Answers answers) {
    int free = AT_A_TIME - runs.live().size();
    if (free > 0) {
      runs.runQueued(Answers.LANE, free, answers::job);
    }
  }

  private BaileysSocket socket(
      BotOptions options, ReliabilityRuntime runtime, ProcessRuntime processes) {
    BaileysSocket.Builder socket =
        BaileysSocket.builder(runtime, processes, options.directory().resolve("whatsapp"))
            .baileys(options.baileys())
            .node(options.node())
            .listener(new Heard());
    return (options.url() == null ? socket : socket.url(options.url())).build();
  }

  private static HikariDataSource pool(BotOptions options) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:sqlite:" + options.directory().resolve("reliability.db"));
    return new HikariDataSource(config);
  }

  private void endWithInput() {
    Thread input =
        new Thread(
            () -> {
              try {
                System.in.transferTo(java.io.OutputStream.nullOutputStream());
              } catch (IOException e) {
                // as good as its end
              }
              end.complete(0);
            },
            "end of input");
    input.setDaemon(true);
    input.start();
  }

  private void tell(LinkView view) {
    LinkClose close = view.lastClose();
    out.println(
        "link "
            + view.state().wireName()
            + (close == null
                ? ""
                : ", last closed: " + close.reason().words() + " " + close.reason().detail()));
    if (view.state() == LinkState.STOPPED && end.complete(1)) {
      out.println("stopped for good");
    }
  }

  /** What comes over the socket. */
  private final class Heard implements WhatsAppListener {
    @Override
    public void message(IncomingMessage message) {
      Answers its = answers;
      if (its != null && its.take(message)) {
        work.run();
      }
    }

    @Override
    public void qr(String code) {
      out.println(TerminalCode.of(code));
      out.println("qr " + code);
      out.println("Read this code with WhatsApp on your telephone, under linked devices.");
    }

    @Override
    public void dropped(long count) {
      out.println(count + " messages were dropped");
    }
  }

  /** What becomes of answers. */
  private final class Told implements OutboxListener {
    @Override
    public void delivered(OutgoingMessage message) {
      out.println("answer " + message.id() + " delivered");
    }

    @Override
    public void unknown(OutboxEntry entry) {
      out.println("answer " + entry.message().id() + " may or may not have arrived");
    }

    @Override
    public void refused(OutboxEntry entry) {
      out.println("answer " + entry.message().id() + " refused: " + entry.detail());
    }
  }
}
