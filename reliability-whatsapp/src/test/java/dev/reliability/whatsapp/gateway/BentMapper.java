package dev.reliability.whatsapp.gateway;

import dev.reliability.core.link.CloseReason;
import dev.reliability.whatsapp.OutgoingMessage;
import dev.reliability.whatsapp.SendResult;
import java.net.URI;
import java.util.Map;

/** A mapper that says what another one does, to be bent here and there. */
class BentMapper implements GatewayMapper {
  private final GatewayMapper mapper;

  BentMapper(GatewayMapper mapper) {
    this.mapper = mapper;
  }

  @Override
  public URI webSocket() {
    return mapper.webSocket();
  }

  @Override
  public Map<String, String> headers() {
    return mapper.headers();
  }

  @Override
  public GatewayRequest status() {
    return mapper.status();
  }

  @Override
  public GatewayStatus readStatus(GatewayAnswer answer) {
    return mapper.readStatus(answer);
  }

  @Override
  public GatewayEvent event(String text) {
    return mapper.event(text);
  }

  @Override
  public GatewayRequest send(OutgoingMessage message) {
    return mapper.send(message);
  }

  @Override
  public SendResult sent(GatewayAnswer answer) {
    return mapper.sent(answer);
  }

  @Override
  public CloseReason closed(int code, String reason) {
    return mapper.closed(code, reason);
  }
}
