/** What operators look at and act on. */
module dev.reliability.ops {
  requires transitive dev.reliability.core;
  requires dev.reliability.container;
  requires dev.reliability.micrometer;
  requires java.sql;
  requires dev.reliability.jdbc;
  requires dev.reliability.journal;
  requires transitive java.net.http;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.google.common;
  requires com.zaxxer.hikari;
  requires info.picocli;
  requires micrometer.core;
  requires micrometer.registry.prometheus;
  requires org.eclipse.jetty.http;
  requires org.eclipse.jetty.io;
  requires org.eclipse.jetty.server;
  requires org.eclipse.jetty.util;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports dev.reliability.ops.analysis;
  exports dev.reliability.ops.check;
  exports dev.reliability.ops.timeline;

  opens dev.reliability.ops.cli to
      info.picocli;
}
