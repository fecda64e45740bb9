package dev.reliability.testkit.link;

/** The other side of a link, as {@link LinkContract} commands it. */
public interface LinkRemote {

  /** From now on connections are taken, and open. */
  void accept();

  /** From now on connections are refused. */
  void refuse();

  /** From now on connections are taken and nothing more is ever said on them. */
  void beSilent();

  /** Something is said on the open connection. */
  void speak();

  /** Closes the open connection, for no reason that would keep anybody from trying again. */
  void drop();
}
