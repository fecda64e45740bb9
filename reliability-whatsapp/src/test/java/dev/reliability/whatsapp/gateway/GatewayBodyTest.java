package dev.reliability.whatsapp.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class GatewayBodyTest {
  private final GatewayBody.Guard guard = new GatewayBody.Guard();
  private final GatewayBody body = new GatewayBody("hello".getBytes(StandardCharsets.UTF_8), guard);

  @Test
  void itIsHandedOutOnceHoweverOftenItIsAskedFor() {
    assertThat(body.contentLength()).isEqualTo(5);
    assertThat(asked(1)).containsExactly("hello", "complete");
    assertThat(asked(1)).containsExactly("IOException");
    assertThat(guard.revoke()).isFalse();
    assertThat(guard.isRevoked()).isFalse();
  }

  @Test
  void whatWasRevokedIsNeverHandedOut() {
    assertThat(guard.revoke()).isTrue();
    assertThat(guard.revoke()).isTrue();
    assertThat(asked(Long.MAX_VALUE)).containsExactly("IOException");
  }

  @Test
  void whoeverOnlySubscribesHasNothingYet() {
    assertThat(asked()).isEmpty();
    assertThat(asked(0)).containsExactly("IllegalArgumentException");
    assertThat(guard.revoke()).isTrue();
  }

  @Test
  void askingAgainGetsNothingMore() {
    assertThat(asked(1, 1, 1)).containsExactly("hello", "complete");
  }

  private List<String> asked(long... counts) {
    List<String> got = new ArrayList<>();
    body.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            for (long count : counts) {
              subscription.request(count);
            }
            subscription.cancel();
            subscription.request(1);
          }

          @Override
          public void onNext(ByteBuffer item) {
            got.add(StandardCharsets.UTF_8.decode(item).toString());
          }

          @Override
          public void onError(Throwable e) {
            got.add(e.getClass().getSimpleName());
          }

          @Override
          public void onComplete() {
            got.add("complete");
          }
        });
    return got;
  }
}
