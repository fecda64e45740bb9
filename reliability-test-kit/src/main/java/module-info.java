/** A fake clock, a simulated world, and the generators and test extensions that go with them. */
module dev.reliability.testkit {
  requires transitive dev.reliability.core;
  requires static transitive net.jqwik.api;
  requires static transitive org.junit.jupiter.api;
  requires static transitive org.jspecify;

  exports dev.reliability.testkit.fault;
  exports dev.reliability.testkit.jqwik;
  exports dev.reliability.testkit.junit;
  exports dev.reliability.testkit.link;
  exports dev.reliability.testkit.scenario;
  exports dev.reliability.testkit.store;
  exports dev.reliability.testkit.worker;
  exports dev.reliability.testkit.world;
}
