package dev.reliability.whatsapp.contract;

import dev.reliability.core.link.CloseClass;
import dev.reliability.testkit.link.LinkRemote;
import java.util.List;
import java.util.Set;

/** The other side of a socket, as {@link WhatsAppSocketContract} commands it. */
public interface WhatsAppRemote extends LinkRemote {

  /** What it does with the messages it gets. */
  enum Receipt {
    /** It says that it has them. */
    ACK,
    /** It says that it does not take them. */
    REFUSE,
    /** It says nothing. */
    NONE
  }

  /** To whom messages can be sent. */
  String jid();

  /** From now on, this is what it does with messages it gets. */
  void receipts(Receipt receipt);

  /** Says something to the account on the open connection. */
  void say(String text);

  /** The texts of the messages it got, in their order. */
  List<String> got();

  /** The reasons for which it can close the open connection, beside {@link CloseClass#RETRY}. */
  Set<CloseClass> reasons();

  /** Closes the open connection for one of these. */
  void drop(CloseClass reason);
}
