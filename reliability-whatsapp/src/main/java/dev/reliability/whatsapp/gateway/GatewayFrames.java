package dev.reliability.whatsapp.gateway;

import dev.reliability.core.link.CloseReason;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What comes over one WebSocket, put together from its parts and read by the mapper; on the threads
 * of the HTTP client, one call at a time. The next frame is asked for once this one is done with.
 */
final class GatewayFrames implements WebSocket.Listener {
  /** No text is longer; in characters. */
  static final int MOST_CHARACTERS = 1 << 20;

  private static final int KEPT_CHARACTERS = 1 << 16;

  private final GatewayMapper mapper;
  private final GatewayComplaints complaints;
  private final GatewayInbox inbox;
  private final GatewayConnection connection;
  private final StringBuilder text = new StringBuilder();
  private boolean isTooLong;

  GatewayFrames(GatewayContext context, GatewayConnection connection) {
    mapper = context.mapper;
    complaints = context.complaints;
    inbox = context.inbox;
    this.connection = connection;
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    connection.connected(webSocket);
    webSocket.request(1);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    connection.heard();
    if (isTooLong || text.length() + data.length() > MOST_CHARACTERS) {
      isTooLong = true;
      text.setLength(0);
    } else {
      text.append(data);
    }
    if (last) {
      String whole = text.toString();
      text.setLength(0);
      if (text.capacity() > KEPT_CHARACTERS) {
        text.trimToSize();
      }
      if (isTooLong) {
        isTooLong = false;
        inbox.drop();
      } else {
        read(whole);
      }
    }
    webSocket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
    return ignored(webSocket);
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
    return ignored(webSocket); // answered by the HTTP client
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
    return ignored(webSocket);
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
    CloseReason why;
    try {
      CloseReason told = mapper.closed(code, reason);
      why =
          new CloseReason(
              told.kind(),
              complaints.clean(told.code()),
              complaints.clean(told.detail()),
              told.coolDown());
    } catch (Throwable e) {
      complaints.warn(GatewayComplaints.Kind.MAPPER, "the mapper's closed threw", e);
      why = GatewayCloses.failed("reading a close of the WebSocket", complaints.words(e));
    }
    connection.lost(why);
    return null;
  }

  @Override
  public void onError(WebSocket webSocket, Throwable e) {
    connection.lost(GatewayCloses.failed("the WebSocket", complaints.words(e)));
  }

  private void read(String whole) {
    try {
      GatewayEvent event = mapper.event(whole);
      if (event instanceof GatewayEvent.MessageCame it) {
        connection.messageCame(it.message());
      } else if (event instanceof GatewayEvent.StatusChanged it) {
        connection.statusChanged(it.status());
      }
    } catch (IllegalArgumentException e) {
      complaints.warn(
          GatewayComplaints.Kind.FRAME, "a text over the WebSocket could not be read", e);
    } catch (Throwable e) {
      complaints.warn(GatewayComplaints.Kind.MAPPER, "the mapper's event threw", e);
    }
  }

  private @Nullable CompletionStage<?> ignored(WebSocket webSocket) {
    connection.heard();
    webSocket.request(1);
    return null;
  }
}
