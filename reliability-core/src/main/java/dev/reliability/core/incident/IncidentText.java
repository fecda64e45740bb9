package dev.reliability.core.incident;

import java.util.List;

/** An incident as a person reads it. Pure. */
final class IncidentText {
  private IncidentText() {}

  static String of(Incident incident, List<Note> notes, List<Evidence> evidence) {
    StringBuilder text = new StringBuilder();
    text.append(incident.id()).append(' ').append(incident.title()).append('\n');
    text.append("status ").append(incident.status().wireName()).append('\n');
    text.append("fingerprint ").append(incident.fingerprint()).append('\n');
    text.append("\nchanges\n");
    for (Change change : incident.changes()) {
      row(text, change.at() + " " + change.kind().wireName() + " by " + change.by(), change.text());
      change.lines().forEach(line -> text.append("    ").append(line).append('\n'));
    }
    text.append("\nnotes\n");
    for (Note note : notes) {
      row(text, "#" + note.number() + " " + note.at() + " by " + note.by(), note.text());
    }
    text.append("\nevidence\n");
    for (Evidence one : evidence) {
      row(
          text,
          "#" + one.number() + " " + one.at() + " by " + one.by(),
          one.name() + ", " + one.size() + " bytes, sha256 " + one.sha256());
    }
    return text.toString();
  }

  private static void row(StringBuilder text, String head, String words) {
    text.append("  ").append(head).append(": ");
    text.append(words.strip().replace("\n", "\n    ")).append('\n');
  }
}
