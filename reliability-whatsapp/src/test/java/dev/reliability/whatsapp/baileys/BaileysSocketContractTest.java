package dev.reliability.whatsapp.baileys;

import dev.reliability.core.link.CloseClass;
import dev.reliability.whatsapp.WhatsAppSocket;
import dev.reliability.whatsapp.contract.WhatsAppRemote;
import dev.reliability.whatsapp.contract.WhatsAppSocketContract;
import dev.reliability.whatsapp.wire.Json;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** The real client library, on a server that this test commands, keeps what sockets promise. */
@WithBaileys
class BaileysSocketContractTest extends WhatsAppSocketContract implements WhatsAppRemote {
  private static final Map<CloseClass, Integer> CODES =
      Map.of(
          CloseClass.RETRY_IMMEDIATELY, 515,
          CloseClass.COOL_DOWN, 429,
          CloseClass.STOP_LOGGED_OUT, 401,
          CloseClass.STOP_BANNED, 403,
          CloseClass.STOP_OUTDATED, 405,
          CloseClass.STOP_CONFIG, 411);

  private final BaileysRig rig =
      new BaileysRig(Loopback.start(), true, builder -> builder.listener(listener()));

  @AfterEach
  void close() {
    rig.close();
  }

  @Override
  protected WhatsAppSocket socket() {
    return rig.socket;
  }

  @Override
  protected WhatsAppRemote remote() {
    return this;
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    BaileysRig.until(what, condition);
  }

  @Override
  public void accept() {
    rig.server.mode(Json.object().put("upgrade", "ok").put("login", "ok"));
  }

  @Override
  public void refuse() {
    rig.server.mode("upgrade", "http503");
  }

  @Override
  public void beSilent() {
    rig.server.mode("upgrade", "ws-silent");
  }

  @Override
  public void speak() {
    rig.server.command("say", Json.object().put("text", "something"));
  }

  @Override
  public void drop() {
    rig.server.command("drop");
  }

  @Override
  public String jid() {
    return BaileysRig.JID;
  }

  @Override
  public void receipts(Receipt receipt) {
    switch (receipt) {
      case ACK -> rig.server.mode("acks", "ok");
      case NONE -> rig.server.mode("acks", "never");
      case REFUSE -> rig.server.mode(Json.object().set("acks", Json.object().put("error", 479)));
    }
  }

  @Override
  public void say(String text) {
    rig.server.command("say", Json.object().put("text", text));
  }

  @Override
  public List<String> got() {
    return rig.server.got();
  }

  @Override
  public Set<CloseClass> reasons() {
    Set<CloseClass> reasons = EnumSet.copyOf(CODES.keySet());
    reasons.add(CloseClass.STOP_REPLACED);
    return reasons;
  }

  @Override
  public void drop(CloseClass reason) {
    if (reason == CloseClass.STOP_REPLACED) {
      rig.server.command(
          "streamError",
          Json.object().put("tag", "conflict").set("attrs", Json.object().put("type", "replaced")));
    } else {
      rig.server.command("streamError", Json.object().put("code", CODES.get(reason)));
    }
  }
}
