/**
 * A bot on WhatsApp, as a user would write it: each message is an item of a queue that outlives the
 * bot, worked on by a process that is supervised, and answered through an outbox.
 */
@NullMarked
package dev.reliability.examples.bot;

import org.jspecify.annotations.NullMarked;
