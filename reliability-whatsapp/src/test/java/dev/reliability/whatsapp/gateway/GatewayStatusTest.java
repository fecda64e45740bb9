package dev.reliability.whatsapp.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reliability.core.link.CloseClass;
import dev.reliability.whatsapp.SendResult;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the statuses of a session do to the link. */
class GatewayStatusTest extends GatewayFixture {

  @Test
  void theStatusIsAskedForSinceTheGatewayOnlyTellsOfChanges() {
    opened();
    assertThat(gateway.requests())
        .containsExactly(
            "GET /ws?session=shop%20one&events=session.status&events=message",
            "GET /api/sessions/shop%20one");
    assertThat(told.all).containsExactly("opened");
    gateway.tellStatus("WORKING");
    gateway.webSocket().text(StandInGateway.message("1", "still open"));
    until("it is still heard", () -> !messages.isEmpty());
    assertThat(told.all).containsExactly("opened");
  }

  @Test
  void aSessionThatStartsIsWaitedFor() {
    gateway.statusUntold("STARTING");
    socket(gateway.mapper()).connect(1, told);
    until("it was asked", () -> gateway.requests().size() == 2);
    gateway.status("WORKING");
    until("it is open", () -> told.has("opened"));
    assertThat(told.all).containsExactly("opened");
  }

  @Test
  void aPersonIsWaitedForWhileTheStatusSaysSo() {
    gateway.statusUntold("SCAN_QR_CODE");
    socket(gateway.mapper()).connect(1, told);
    until("it waits for a person", () -> told.has("pairing true"));
    gateway.status("STARTING");
    gateway.status("SCAN_QR_CODE");
    gateway.status("WORKING");
    until("it is open", () -> told.has("opened"));
    assertThat(told.all)
        .containsExactly(
            "pairing true", "pairing false", "pairing true", "pairing false", "opened");
  }

  @Test
  void whatWasNeverToldIsFoundByAskingAgain() {
    gateway.statusUntold("STARTING");
    socket(GatewaySocket.builder(runtime, gateway.mapper()).statusEvery(Duration.ofMillis(20)))
        .connect(1, told);
    until("it was asked", () -> gateway.requests().size() > 3);
    gateway.statusUntold("WORKING");
    until("it is open", () -> told.has("opened"));
    int asked = gateway.requests().size();
    assertThat(socket().probe(1)).isTrue();
    until("the ping came", () -> gateway.webSocket().heardPing());
    assertThat(gateway.requests()).as("requests once it is open").hasSize(asked);
  }

  @Test
  void anAnswerThatIsOlderThanAChangeIsNotHeeded() {
    gateway.statusUntold("STARTING");
    gateway.holdStatus();
    socket(gateway.mapper()).connect(1, told);
    until("it was asked", () -> gateway.requests().size() == 2);
    gateway.status("SCAN_QR_CODE");
    until("it waits for a person", () -> told.has("pairing true"));
    int before = told.activities.get();
    gateway.letGo();
    until("the answer came", () -> told.activities.get() > before);
    assertThat(told.all).containsExactly("pairing true");
    gateway.status("WORKING");
    until("it is open", () -> told.has("opened"));
    assertThat(told.all).containsExactly("pairing true", "pairing false", "opened");
  }

  @Test
  void aSessionThatIsToldToBeOpenNeedsNoAnswer() {
    gateway.answerStatus(StandInGateway.NEVER);
    socket(gateway.mapper()).connect(1, told);
    until("it was asked", () -> gateway.requests().size() == 2);
    gateway.status("WORKING");
    until("it is open", () -> told.has("opened"));
    until("the question was dropped", () -> gateway.connections() == 1);
    Sent sent = send("goes all the same");
    assertThat(sent.result()).isEqualTo(new SendResult.Acked());
    assertThat(told.all).containsExactly("opened");
  }

  @Test
  void aSessionThatStopsAfterItWasOpenIsTriedAgain() {
    opened();
    gateway.status("STOPPED");
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.RETRY);
    assertThat(told.reason.code()).isEqualTo("STOPPED");
    assertThat(told.all).containsExactly("opened", "closed");
  }

  @Test
  void aPlannedRestartIsTriedAgainAndNothingElse() {
    opened();
    gateway.status("STARTING");
    assertThat(told.untilClosed().words()).isEqualTo("retry (STARTING)");
    Told next = new Told();
    socket().connect(2, next);
    until("the next one is there", () -> gateway.webSockets().size() == 2);
    gateway.status("WORKING");
    until("it is open again", () -> next.has("opened"));
    assertThat(told.all).containsExactly("opened", "closed");
  }

  @Test
  void aSessionThatWasLoggedOutWaitsForAPersonAtTheNextConnection() {
    opened();
    gateway.status("SCAN_QR_CODE");
    assertThat(told.untilClosed().words()).isEqualTo("retry (SCAN_QR_CODE)");
    assertThat(told.all).containsExactly("opened", "closed");
    Told next = new Told();
    socket().connect(2, next);
    until("it waits for a person", () -> next.has("pairing true"));
  }

  @Test
  void aSessionThatFailedBeforeItWasOpenIsTriedAgain() {
    gateway.statusUntold("FAILED");
    socket(gateway.mapper()).connect(1, told);
    assertThat(told.untilClosed().words()).isEqualTo("retry (FAILED)");
    assertThat(told.all).containsExactly("closed");
  }

  @Test
  void anotherSessionsStatusIsNotOurs() {
    opened();
    gateway
        .webSocket()
        .text(
            "{\"event\":\"session.status\",\"session\":\"b\",\"payload\":{\"status\":\"FAILED\"}}");
    gateway.webSocket().text(StandInGateway.message("1", "after it"));
    until("what follows was heard", () -> !messages.isEmpty());
    assertThat(told.all).containsExactly("opened");
  }

  @Test
  void aStatusThatIsNeverAnsweredClosesIt() {
    gateway.answerStatus(StandInGateway.NEVER);
    socket(GatewaySocket.builder(runtime, gateway.mapper()).requestTimeout(Duration.ofMillis(50)))
        .connect(1, told);
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.RETRY);
    assertThat(told.reason.detail()).contains("no answer within PT0.05S");
  }

  @Test
  void aStatusWhoseBodyNeverComesClosesIt() {
    gateway.answerStatus(StandInGateway.HALF);
    socket(GatewaySocket.builder(runtime, gateway.mapper()).requestTimeout(Duration.ofMillis(50)))
        .connect(1, told);
    assertThat(told.untilClosed().kind()).isEqualTo(CloseClass.RETRY);
    until("nothing is left of it", () -> gateway.connections() == 0);
  }
}
