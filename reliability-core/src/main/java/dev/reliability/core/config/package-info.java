/**
 * The environment's names, their defaults and their errors.
 *
 * <p>This package owns which names are read, what each may be, and one error that lists every value
 * that is wrong. It refuses to own where the values come from (a map is handed in) and what they
 * mean to a run or a link: those packages take what they need from here.
 */
@NullMarked
package dev.reliability.core.config;

import org.jspecify.annotations.NullMarked;
