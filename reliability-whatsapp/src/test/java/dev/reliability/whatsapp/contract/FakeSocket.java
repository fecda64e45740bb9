package dev.reliability.whatsapp.contract;

import dev.reliability.core.link.CloseClass;
import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.LinkListener;
import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.core.runtime.Strand;
import dev.reliability.testkit.link.FakeLink;
import dev.reliability.testkit.link.LinkPlan;
import dev.reliability.whatsapp.IncomingMessage;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import dev.reliability.whatsapp.WhatsAppListener;
import dev.reliability.whatsapp.WhatsAppSocket;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A socket that is only played, with its other side: on the simulated world or on the real clock.
 * It passes {@link WhatsAppSocketContract}. Thread-safe.
 */
public final class FakeSocket implements WhatsAppSocket, WhatsAppRemote {
  private static final CloseReason GONE = CloseReason.of(CloseClass.RETRY, "428", "gone");

  private final ReliabilityRuntime runtime;
  private final WhatsAppListener listener;
  private final FakeLink link;
  private final Strand strand;
  private final List<OutgoingMessage> got = new CopyOnWriteArrayList<>();
  private final AtomicLong said = new AtomicLong();
  private volatile Receipt receipts = Receipt.ACK;
  private volatile boolean isOpen;

  // on the strand
  private final Map<String, Consumer<? super SendResult>> underWay = new LinkedHashMap<>();

  /** A socket whose other side accepts. */
  public FakeSocket(ReliabilityRuntime runtime, WhatsAppListener listener) {
    this.runtime = Objects.requireNonNull(runtime, "runtime");
    this.listener = Objects.requireNonNull(listener, "listener");
    link = FakeLink.playing(runtime, LinkPlan.opens());
    strand = runtime.strand(Strand.Kind.DELIVERY, "fake socket");
  }

  /** What plays its connections, for more than {@link WhatsAppRemote} has words for. */
  public FakeLink link() {
    return link;
  }

  /** The messages that the other side got, in their order. */
  public List<OutgoingMessage> messages() {
    return List.copyOf(got);
  }

  // ---- this side ----

  @Override
  public void connect(long generation, LinkListener told) {
    link.connect(
        generation,
        new LinkListener() {
          @Override
          public void opened() {
            tell(
                () -> {
                  isOpen = true;
                  told.opened();
                });
          }

          @Override
          public void activity() {
            tell(told::activity);
          }

          @Override
          public void pairing(boolean waits) {
            tell(() -> told.pairing(waits));
          }

          @Override
          public void closed(CloseReason reason) {
            tell(
                () -> {
                  isOpen = false;
                  SendResult unknown = new SendResult.UnknownDelivery(reason.words());
                  underWay.values().forEach(result -> result.accept(unknown));
                  underWay.clear();
                  told.closed(reason);
                });
          }
        });
  }

  @Override
  public void close(long generation) {
    link.close(generation);
  }

  @Override
  public boolean probe(long generation) {
    return link.probe(generation);
  }

  @Override
  public void send(OutgoingMessage message, Consumer<? super SendResult> result) {
    strand.execute(
        () -> {
          if (!isOpen) {
            result.accept(new SendResult.Refused("not connected", false));
          } else if (underWay.putIfAbsent(message.id(), result) != null) {
            result.accept(new SendResult.Refused("under way: " + message.id(), false));
          } else {
            answer(message, result);
          }
        });
  }

  private void answer(OutgoingMessage message, Consumer<? super SendResult> result) {
    if (receipts == Receipt.REFUSE) {
      underWay.remove(message.id());
      result.accept(new SendResult.Refused("the other side does not take it", true));
      return;
    }
    got.add(message);
    if (receipts == Receipt.ACK) {
      strand.execute(
          () -> {
            if (underWay.remove(message.id()) != null) {
              result.accept(new SendResult.Acked());
            }
          });
    }
  }

  /** What a listener throws is its own trouble. */
  private void tell(Runnable call) {
    strand.execute(
        () -> {
          try {
            call.run();
          } catch (RuntimeException e) {
            // it was told, and that is all
          }
        });
  }

  @Override
  public void close() {
    link.drop(CloseReason.of(CloseClass.LOCAL, "", "the socket is closed"));
  }

  // ---- the other side ----

  @Override
  public void accept() {
    link.play(LinkPlan.opens());
  }

  @Override
  public void refuse() {
    link.play(LinkPlan.refused(GONE));
  }

  @Override
  public void beSilent() {
    link.play(LinkPlan.silent());
  }

  @Override
  public void speak() {
    link.speak();
  }

  @Override
  public void drop() {
    link.drop(GONE);
  }

  @Override
  public String jid() {
    return "15550000002@s.whatsapp.net";
  }

  @Override
  public void receipts(Receipt receipt) {
    receipts = Objects.requireNonNull(receipt, "receipt");
  }

  @Override
  public void say(String text) {
    link.speak();
    IncomingMessage message =
        new IncomingMessage(
            "said-" + said.incrementAndGet(),
            jid(),
            jid(),
            false,
            null,
            runtime.time().wall(),
            "conversation",
            text,
            false,
            true);
    tell(
        () -> {
          if (isOpen) {
            listener.message(message);
          }
        });
  }

  @Override
  public List<String> got() {
    return got.stream()
        .map(message -> message.content().replaceAll("^\\{\"text\":\"|\"\\}$", ""))
        .toList();
  }

  @Override
  public Set<CloseClass> reasons() {
    return EnumSet.complementOf(EnumSet.of(CloseClass.RETRY, CloseClass.LOCAL));
  }

  @Override
  public void drop(CloseClass reason) {
    link.drop(CloseReason.of(reason, "", "as asked for"));
  }
}
