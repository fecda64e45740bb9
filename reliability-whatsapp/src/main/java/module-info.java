/** Links to WhatsApp: the real client library behind a bridge, gateways, and an outbox. */
module dev.reliability.whatsapp {
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires transitive dev.reliability.container;
  requires transitive dev.reliability.core;
  requires java.net.http;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.reliability.whatsapp;
  exports dev.reliability.whatsapp.baileys;
  exports dev.reliability.whatsapp.gateway;
}
