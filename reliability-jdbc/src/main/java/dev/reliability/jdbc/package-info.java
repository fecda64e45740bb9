/**
 * Leases, lanes, runs, documents and events in SQLite or PostgreSQL, over plain JDBC.
 *
 * <p>This package owns its tables: their names, their shape, how they are made and upgraded, and
 * the statements that keep each step of a store atomic ({@link dev.reliability.jdbc.JdbcStore}). It
 * refuses to own connections (whoever gives the {@link javax.sql.DataSource} pools and closes
 * them), any rule about when a run may change its state, the meaning of an event, and every table
 * that is not its own.
 */
@NullMarked
package dev.reliability.jdbc;

import org.jspecify.annotations.NullMarked;
