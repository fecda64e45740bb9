/** Events as lines of JSON: the one codec, the writer, the reader. */
module dev.reliability.journal {
  requires com.fasterxml.jackson.core;
  requires transitive dev.reliability.core;
  requires org.slf4j;
  // At run time too: its annotations say which parts of a record may be absent.
  requires transitive org.jspecify;

  exports dev.reliability.journal;
}
