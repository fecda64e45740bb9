package dev.reliability.examples.bot;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of the bot.
 *
 * @param help whether only the usage is asked for
 * @param directory where journal, queue, outbox and credentials are
 * @param baileys the client library
 * @param node what runs it
 * @param url what to connect to; null for WhatsApp itself
 * @param chat the only chat that is answered; null for all that are not groups
 * @param command what answers
 */
record BotOptions(
    boolean help,
    Path directory,
    Path baileys,
    String node,
    @Nullable URI url,
    @Nullable String chat,
    List<String> command) {

  static final String USAGE =
      """
      Usage: bot [options] -- COMMAND    answers each message on WhatsApp with what COMMAND puts out

        --dir DIRECTORY     journal, queue, outbox and credentials     (default ./reliability-data)
        --baileys PATH      the client library: its directory or file  (default ./node_modules/baileys)
        --node PROGRAM      what runs it                               (default node)
        --chat JID          answers nobody else, such as 4915112345678@s.whatsapp.net
        --url ADDRESS       another server, for tests                  (default WhatsApp's own)
        --help              this text

      At the first start a code is shown: read it with WhatsApp on your telephone, under linked devices.
      COMMAND is started for each message, with its text on standard input; what it puts out until it ends
      with code 0 is the answer: 100 lines and 4,000 characters of it at most. It is ended after
      RELIABILITY_RUN_DEADLINE (1 h), and tried three times. The bot ends at the end of standard input.
      Exit codes: 0 ended as asked, 1 the link stopped for good, 2 usage or bad input.
      """;

  /** What cannot be used on the command line. */
  static final class BadOption extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadOption(String message) {
      super(message);
    }
  }

  static BotOptions parse(List<String> arguments) {
    boolean help = false;
    Path directory = Path.of("reliability-data");
    Path baileys = Path.of("node_modules", "baileys");
    String node = "node";
    URI url = null;
    String chat = null;
    List<String> command = List.of();
    Iterator<String> rest = arguments.iterator();
    for (int used = 1; rest.hasNext() && command.isEmpty(); used++) {
      String argument = rest.next();
      switch (argument) {
        case "--help", "-h" -> help = true;
        case "--" -> {
          command = List.copyOf(arguments.subList(used, arguments.size()));
          if (command.isEmpty()) {
            throw new BadOption("command: expected a program after --, got nothing");
          }
        }
        case "--dir" -> directory = path(argument, value(argument, rest));
        case "--baileys" -> baileys = path(argument, value(argument, rest));
        case "--node" -> node = value(argument, rest);
        case "--chat" -> chat = chat(value(argument, rest));
        case "--url" -> url = url(value(argument, rest));
        default ->
            throw new BadOption(
                "unknown argument \"" + argument + "\": expected an option or --; see --help");
      }
      used += List.of("--dir", "--baileys", "--node", "--chat", "--url").contains(argument) ? 1 : 0;
    }
    if (!help && command.isEmpty()) {
      throw new BadOption("expected -- and a command that answers; see --help");
    }
    return new BotOptions(help, directory, baileys, node, url, chat, command);
  }

  private static String value(String option, Iterator<String> rest) {
    String value = rest.hasNext() ? rest.next() : "";
    if (value.isBlank()) {
      throw new BadOption(option + ": expected a value after it, got nothing");
    }
    return value;
  }

  private static String chat(String text) {
    if (!text.matches("[^@\\s]+@[A-Za-z0-9.-]+")) {
      throw new BadOption(
          "--chat: expected a jid such as 4915112345678@s.whatsapp.net, got \"" + text + "\"");
    }
    return text;
  }

  private static Path path(String option, String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new BadOption(option + ": expected a path, got \"" + text + "\"");
    }
  }

  private static URI url(String text) {
    try {
      URI url = new URI(text);
      if (List.of("ws", "wss").contains(String.valueOf(url.getScheme()))) {
        return url;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new BadOption("--url: expected ws://... or wss://..., got \"" + text + "\"");
  }
}
