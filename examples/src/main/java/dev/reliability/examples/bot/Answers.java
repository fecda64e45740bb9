package dev.reliability.examples.bot;

import dev.reliability.container.OutputSpec;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.run.Job;
import dev.reliability.core.run.OutputFrame;
import dev.reliability.core.run.RunListener;
import dev.reliability.core.run.RunOutcome;
import dev.reliability.core.run.Work;
import dev.reliability.core.store.ItemKey;
import dev.reliability.core.store.Lease;
import dev.reliability.core.store.LeaseStore;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.Offer;
import dev.reliability.whatsapp.Outbox;
import dev.reliability.whatsapp.OutgoingMessage;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * From a message to its answer. Each message is an item, so that one that comes twice is answered
 * once. The answer is in the outbox, under the item's name, before the item is done: killed in
 * between, the item is worked on again, and the outbox knows the answer already.
 */
final class Answers implements RunListener {
  static final String LANE = "bot";
  private static final int LONGEST = 4_000;
  private static final int MOST_LINES = 100;

  private final LeaseStore leases;
  private final ProcessRuntime processes;
  private final Outbox outbox;
  private final List<String> command;
  private final @Nullable String onlyChat;
  private final PrintStream out;

  Answers(
      LeaseStore leases,
      ProcessRuntime processes,
      Outbox outbox,
      BotOptions options,
      PrintStream out) {
    this.leases = leases;
    this.processes = processes;
    this.outbox = outbox;
    this.command = options.command();
    this.onlyChat = options.chat();
    this.out = out;
  }

  /** Whether there is one item more in the queue. */
  boolean take(IncomingMessage message) {
    String text = message.text();
    boolean isFor =
        onlyChat == null
            ? message.chat().endsWith("@s.whatsapp.net") || message.chat().endsWith("@lid")
            : onlyChat.equals(message.chat());
    if (text == null || text.isBlank() || message.isFromMe() || !isFor) {
      return false;
    }
    String item = Question.item(message);
    out.println("message from " + message.chat() + ": " + item);
    return leases.enqueue(new ItemKey(LANE, item), Question.payload(message));
  }

  /** What is to be done for a message. */
  Job job(Lease lease) {
    String item = lease.key().item();
    Question question = Question.of(String.valueOf(lease.payload()));
    Queue<String> output = new ConcurrentLinkedQueue<>();
    ProcessSpec spec =
        ProcessSpec.builder(command)
            .initialInput(question.text().getBytes(StandardCharsets.UTF_8))
            .closeInputAtStart()
            .output(OutputSpec.lines().onFrame(frame -> keep(output, frame)))
            .build();
    return new Job(
        Work.of(LANE, item).withInput(item, item).with("chat_jid", question.chat()),
        new Answering(processes.worker(spec), () -> answer(item, question.chat(), output)));
  }

  private static void keep(Queue<String> output, OutputFrame frame) {
    if (!frame.isError() && output.size() < MOST_LINES) {
      output.add(frame.text());
    }
  }

  private CompletionStage<?> answer(String item, String chat, Queue<String> output) {
    String text = String.join("\n", output).replace("\0", "").strip();
    if (text.isEmpty()) {
      return CompletableFuture.completedStage(null);
    }
    String shown = text.substring(0, Math.min(text.length(), LONGEST));
    return outbox
        .offer(OutgoingMessage.text("RE" + item, chat, shown))
        .thenAccept(
            offer -> {
              if (offer instanceof Offer.Full full) {
                throw new IllegalStateException("the outbox is full: " + full.capacity());
              }
            });
  }

  @Override
  public void ended(RunOutcome outcome) {
    outcome
        .ended()
        .ifPresent(
            report ->
                out.println("run for " + report.work().item() + " ended: " + report.reason()));
  }
}
