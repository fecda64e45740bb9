/** A user of the library. */
module dev.reliability.it {
  requires dev.reliability.core;
}
