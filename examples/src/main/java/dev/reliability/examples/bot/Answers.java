package dev.reliability.examples.bot;

import dev.reliability.container.OutputSpec;
import dev.reliability.container.process.ProcessRuntime;
import dev.reliability.container.process.ProcessSpec;
import dev.reliability.core.event.EndReason;
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
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * From a message to its answer. Each message is an item under its own id, so that one that comes
 * twice is answered once; the answer has an id made of the message's.
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
  private final Map<String, Queue<String>> outputs = new ConcurrentHashMap<>();

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
    out.println("message " + message.id() + " from " + message.chat());
    return leases.enqueue(new ItemKey(LANE, message.id()), message.chat() + "\n" + text);
  }

  /** What is to be done for a message. */
  Job job(Lease lease) {
    String item = lease.key().item();
    String payload = String.valueOf(lease.payload());
    int end = payload.indexOf('\n');
    Queue<String> output = new ConcurrentLinkedQueue<>();
    outputs.put(item, output);
    ProcessSpec spec =
        ProcessSpec.builder(command)
            .initialInput(payload.substring(end + 1).getBytes(StandardCharsets.UTF_8))
            .closeInputAtStart()
            .output(OutputSpec.lines().onFrame(frame -> keep(output, frame)))
            .build();
    return new Job(
        Work.of(LANE, item).withInput(item, item).with("chat_jid", payload.substring(0, end)),
        processes.worker(spec));
  }

  private static void keep(Queue<String> output, OutputFrame frame) {
    if (!frame.isError() && output.size() < MOST_LINES) {
      output.add(frame.text());
    }
  }

  @Override
  public void ended(RunOutcome outcome) {
    if (outcome instanceof RunOutcome.Refused refused) {
      outputs.remove(refused.work().item());
    }
    outcome
        .ended()
        .ifPresent(report -> answer(report.work(), outcome.isSuccess(), report.reason()));
  }

  private void answer(Work work, boolean isSuccess, EndReason reason) {
    Queue<String> output = outputs.remove(work.item());
    String text = output == null ? "" : String.join("\n", output).strip();
    String chat = work.context().get("chat_jid");
    out.println("run for " + work.item() + " ended: " + reason);
    if (!isSuccess || text.isEmpty() || chat == null) {
      return;
    }
    OutgoingMessage answer =
        OutgoingMessage.text(
            "RE" + work.item().replaceAll("[^A-Za-z0-9_-]", ""),
            chat,
            text.substring(0, Math.min(text.length(), LONGEST)));
    outbox
        .offer(answer)
        .whenComplete(
            (offer, failure) -> {
              if (!(offer instanceof Offer.Accepted)) {
                out.println("answer to " + work.item() + " not taken: " + offer + " " + failure);
              }
            });
  }
}
