/**
 * Events as lines of JSON, and files of such lines.
 *
 * <p>This package owns the one versioned spelling of an event ({@link
 * dev.reliability.journal.EventCodec}), the sink that writes a file per incarnation ({@link
 * dev.reliability.journal.JournalWriter}) and the reader that gives back every whole line and says
 * what is torn, malformed or missing ({@link dev.reliability.journal.JournalReader}). It refuses to
 * own what events mean, what a report counts, and any current state; and it never changes a line
 * that was written.
 */
@NullMarked
package dev.reliability.journal;

import org.jspecify.annotations.NullMarked;
