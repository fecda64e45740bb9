/** Workers that are processes of the operating system, or containers of an engine. */
module dev.reliability.container {
  requires transitive dev.reliability.core;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.reliability.container;
  exports dev.reliability.container.orphan;
  exports dev.reliability.container.engine;
  exports dev.reliability.container.process;
}
