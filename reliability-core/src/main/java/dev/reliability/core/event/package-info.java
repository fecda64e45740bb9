/**
 * What happened, in typed records, and the way such records travel.
 *
 * <p>This package owns the vocabulary that leaves the process (states, reasons, event types), the
 * envelope with its gapless sequence, the {@link dev.reliability.core.event.EventBus} that stamps
 * and fans out, and the bounded ring of recent events. It refuses to own any decision (an event
 * says what was decided elsewhere), any format on disk or wire, and any current state: history is
 * here, what holds now is in the stores.
 */
@NullMarked
package dev.reliability.core.event;

import org.jspecify.annotations.NullMarked;
