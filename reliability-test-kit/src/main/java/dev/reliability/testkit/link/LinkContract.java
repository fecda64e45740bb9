package dev.reliability.testkit.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reliability.core.link.CloseReason;
import dev.reliability.core.link.Link;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * What a {@link Link} promises. Extend it for an adapter, with another side that it can command.
 */
public abstract class LinkContract {
  /** For subclasses. */
  protected LinkContract() {}

  /** A link that was never connected, to {@link #remote}. The same one for the whole of a test. */
  protected abstract Link link();

  /** The other side, which accepts. The same one for the whole of a test. */
  protected abstract LinkRemote remote();

  /**
   * Lets time go by until {@code condition} holds, and fails, naming {@code what}, if it does not
   * for a long while.
   */
  protected abstract void until(String what, BooleanSupplier condition);

  /** It opens, and says so once. */
  @Test
  public void opensAndSaysSoOnce() {
    HeardLink heard = opened(1);
    close(1, heard);
    assertEquals(List.of("opened", "closed"), heard.told());
    assertEquals(List.of(), heard.complaints());
  }

  /** Asked twice to close, it says once that it did. */
  @Test
  public void closesOnceHoweverOftenItIsAsked() {
    HeardLink heard = opened(1);
    link().close(1);
    link().close(1);
    untilClosed(heard);
    link().close(1);
    HeardLink next = opened(2);
    close(2, next);
    assertEquals(List.of(), heard.complaints());
    assertEquals(List.of(), next.complaints());
  }

  /** What was never connected, closed before, or is of another generation, is not closed. */
  @Test
  public void closesOnlyTheConnectionThatIsMeant() {
    link().close(1);
    HeardLink first = opened(1);
    link().close(2);
    remote().speak();
    until("it is still heard", () -> first.activities() > 0);
    assertTrue(first.isOpen(), "open");
    close(1, first);
    HeardLink second = opened(2);
    link().close(1);
    remote().speak();
    until("it is still heard", () -> second.activities() > 0);
    assertTrue(second.isOpen(), "open");
    close(2, second);
  }

  /** What has not opened yet can be closed, and never opens then. */
  @Test
  public void closesWhatHasNotOpened() {
    remote().beSilent();
    HeardLink heard = new HeardLink();
    link().connect(1, heard);
    close(1, heard);
    assertEquals(List.of("closed"), heard.told());
    remote().accept();
    HeardLink next = opened(2);
    close(2, next);
    assertEquals(List.of(), heard.complaints());
  }

  /** What is refused closes, for a reason that lets others try again. */
  @Test
  public void saysThatItWasRefused() {
    remote().refuse();
    HeardLink heard = new HeardLink();
    link().connect(1, heard);
    untilClosed(heard);
    assertEquals(List.of("closed"), heard.told());
    assertFalse(reason(heard).kind().isFinal(), () -> "final: " + reason(heard));
    remote().accept();
    close(2, opened(2));
  }

  /** What the other side drops closes, for a reason that lets others try again. */
  @Test
  public void saysThatItWasDropped() {
    HeardLink heard = opened(1);
    remote().drop();
    untilClosed(heard);
    assertEquals(List.of("opened", "closed"), heard.told());
    assertFalse(reason(heard).kind().isFinal(), () -> "final: " + reason(heard));
    HeardLink next = opened(2);
    close(2, next);
    assertEquals(List.of(), heard.complaints());
  }

  /** Whatever comes is activity. */
  @Test
  public void saysThatSomethingCame() {
    HeardLink heard = opened(1);
    long before = heard.activities();
    until(
        "something came",
        () -> {
          remote().speak();
          return heard.activities() > before;
        });
    close(1, heard);
  }

  /** A probe that it says it made has an answer. */
  @Test
  public void aProbeIsAnswered() {
    assertFalse(link().probe(1), "probed without a connection");
    HeardLink heard = opened(1);
    long before = heard.activities();
    if (link().probe(1)) {
      until("the probe is answered", () -> heard.activities() > before);
    }
    close(1, heard);
    assertFalse(link().probe(1), "probed without a connection");
  }

  /** A connection that was asked to close may be thrown away for the next one. */
  @Test
  public void theNextConnectionDoesNotNeedTheEndOfTheLast() {
    HeardLink first = opened(1);
    link().close(1);
    HeardLink second = opened(2);
    close(2, second);
    assertEquals(List.of(), first.complaints());
    assertEquals(List.of("opened", "closed"), second.told());
    assertEquals(List.of(), second.complaints());
  }

  /** A listener that throws harms nobody. */
  @Test
  public void aListenerThatThrowsIsItsOwnTrouble() {
    HeardLink heard = HeardLink.throwing();
    link().connect(1, heard);
    until("it is open", heard::wasOpen);
    remote().speak();
    close(1, heard);
    HeardLink next = opened(2);
    close(2, next);
  }

  /** The reason why it closed. */
  protected static final CloseReason reason(HeardLink heard) {
    CloseReason reason = heard.reason();
    assertNotNull(reason, "a reason");
    return reason;
  }

  /** Connects and waits until it is open. */
  protected final HeardLink opened(long generation) {
    HeardLink heard = new HeardLink();
    link().connect(generation, heard);
    until("connection " + generation + " is open", heard::wasOpen);
    return heard;
  }

  /** Closes and waits until it is closed. */
  protected final void close(long generation, HeardLink heard) {
    link().close(generation);
    untilClosed(heard);
    assertEquals(List.of(), heard.complaints());
  }

  private void untilClosed(HeardLink heard) {
    until("it is closed", () -> heard.reason() != null);
  }
}
