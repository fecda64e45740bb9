package dev.reliability.whatsapp;

import dev.reliability.testkit.world.World;
import dev.reliability.whatsapp.contract.FakeSocket;
import dev.reliability.whatsapp.contract.WhatsAppRemote;
import dev.reliability.whatsapp.contract.WhatsAppSocketContract;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The fake keeps what sockets promise. */
class FakeSocketContractTest extends WhatsAppSocketContract {
  private final World world = World.create(5);
  private final FakeSocket socket = new FakeSocket(world, listener());

  @Override
  protected WhatsAppSocket socket() {
    return socket;
  }

  @Override
  protected WhatsAppRemote remote() {
    return socket;
  }

  @Override
  protected void until(String what, BooleanSupplier condition) {
    world.runUntil(condition, Duration.ofMinutes(1));
    if (!condition.getAsBoolean()) {
      throw new AssertionError("never came true: " + what);
    }
  }
}
