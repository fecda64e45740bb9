/**
 * What a {@link dev.reliability.whatsapp.WhatsAppSocket} promises, for whoever implements it, and a
 * fake that keeps it.
 */
package dev.reliability.whatsapp.contract;
