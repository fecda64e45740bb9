package dev.reliability.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A cancel interrupts the code that it is about, and nothing else. */
class BlockingCallTest {
  private final RecordingStrand strand = new RecordingStrand();

  @Test
  void itGivesWhatTheCodeGivesOrThrows() {
    CompletableFuture<String> given = BlockingCall.on(strand, () -> "value");
    CompletableFuture<String> thrown =
        BlockingCall.on(
            strand,
            () -> {
              throw new IOException("no");
            });
    assertThat(given).isNotDone();
    strand.given.forEach(Runnable::run);
    assertThat(given).isCompletedWithValue("value");
    assertThatThrownBy(thrown::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void codeThatWasCancelledBeforeItsTurnIsNotRun() {
    boolean[] ran = {false};
    CompletableFuture<Boolean> call = BlockingCall.on(strand, () -> ran[0] = true);
    assertThat(call.cancel(true)).isTrue();
    strand.given.get(0).run();
    assertThat(ran[0]).isFalse();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void codeThatRunsIsInterrupted() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    try (SystemRuntime runtime = SystemRuntime.builder().build()) {
      CompletableFuture<String> call =
          BlockingCall.on(
              runtime.strand(Strand.Kind.IO, "blocking"),
              () -> {
                running.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  interrupted.countDown();
                }
                return "too late";
              });
      running.await();
      assertThat(call.cancel(true)).isTrue();
      interrupted.await();
      assertThat(call).isCancelled();
    }
  }

  @Test
  void noInterruptIsLeftForWhatTheThreadDoesNextAndNoneComesLate() {
    CompletableFuture<?>[] call = new CompletableFuture<?>[1];
    call[0] =
        BlockingCall.on(
            strand,
            () -> {
              call[0].cancel(true); // and heeds no interrupt
              assertThat(Thread.currentThread().isInterrupted()).isTrue();
              return "done";
            });
    strand.given.get(0).run();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    call[0].cancel(true);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(call[0]).isCancelled();
  }
}
