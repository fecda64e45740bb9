/** Stores and a sink of events in a database. */
module dev.reliability.jdbc {
  requires transitive dev.reliability.core;
  requires dev.reliability.journal;
  requires transitive java.sql;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.reliability.jdbc;
}
