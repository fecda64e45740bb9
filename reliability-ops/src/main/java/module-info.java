/** What operators look at and act on. */
module dev.reliability.ops {
  requires transitive dev.reliability.core;
  requires transitive java.net.http;
  requires static transitive org.jspecify;

  exports dev.reliability.ops.analysis;
  exports dev.reliability.ops.check;
}
