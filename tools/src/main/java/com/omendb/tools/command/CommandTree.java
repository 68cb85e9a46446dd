package com.omendb.tools.command;

import com.omendb.tools.report.Console;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/// The parser of all commands, or of as many of them as some arguments need.
public final class CommandTree {
  private CommandTree() {}

  /// The parser with all commands.
  public static CommandLine all(Console console) {
    return tree(console, commands(console));
  }

  /// The parser for some arguments. It looks at every option of every command that it knows, which
  /// takes longer than a search. So it knows the command that the first argument names alone, and
  /// of all commands only what the help lists if no argument names one.
  public static CommandLine of(Console console, String[] args) {
    Map<String, Supplier<Object>> commands = commands(console);
    if (args.length > 0 && commands.containsKey(args[0])) {
      commands.keySet().retainAll(Set.of(args[0]));
    } else if (Stream.of(args).noneMatch(commands::containsKey)) {
      commands.replaceAll((name, command) -> () -> summary(name, command.get()));
    }
    return tree(console, commands);
  }

  /// A command without its options.
  private static CommandSpec summary(String name, Object command) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage()
        .description(command.getClass().getAnnotation(CommandLine.Command.class).description());
    return spec;
  }

  /// The commands in the order of the help, each made when it is asked for.
  private static Map<String, Supplier<Object>> commands(Console console) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("build", () -> new BuildCommand(console));
    commands.put("plan", () -> new PlanCommand(console));
    commands.put("search", () -> new SearchCommand(console));
    commands.put("eval", () -> new EvalCommand(console));
    commands.put("info", () -> new InfoCommand(console));
    commands.put("verify", () -> new VerifyCommand(console));
    commands.put("repair", () -> new RepairCommand(console));
    commands.put("snapshot", () -> new SnapshotCommand(console));
    commands.put("restore", () -> new RestoreCommand(console));
    commands.put("dataset", () -> new DatasetCommand(console));
    commands.put("convert", () -> new ConvertCommand(console));
    commands.put("groundtruth", () -> new GroundTruthCommand(console));
    commands.put("demo", () -> new DemoCommand(console));
    commands.put("completion", () -> new CompletionCommand(console));
    commands.put("version", () -> new VersionCommand(console));
    return commands;
  }

  private static CommandLine tree(Console console, Map<String, Supplier<Object>> commands) {
    CommandLine omen = new CommandLine(new OmenCommand());
    commands.forEach(
        (name, command) -> {
          CommandLine made = new CommandLine(command.get());
          if (made.<Object>getCommand() instanceof DatasetCommand dataset) {
            dataset.commands().forEach(made::addSubcommand);
          }
          omen.addSubcommand(name, made);
        });
    omen.setOut(new PrintWriter(console.out(), true, console.out().charset()));
    omen.setErr(new PrintWriter(console.err(), true, console.err().charset()));
    omen.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    omen.setUsageHelpWidth(100);
    omen.setUsageHelpAutoWidth(false);
    omen.setExpandAtFiles(false);
    spread(omen);
    omen.setCaseInsensitiveEnumValuesAllowed(true);
    return omen;
  }

  /// Sets an empty line between a command's description and its parameters.
  private static void spread(CommandLine command) {
    for (CommandLine subcommand : command.getSubcommands().values()) {
      CommandLine.Model.UsageMessageSpec usage = subcommand.getCommandSpec().usageMessage();
      if (subcommand.getCommandSpec().positionalParameters().isEmpty()) {
        usage.optionListHeading("%n");
      } else {
        usage.parameterListHeading("%n");
      }
      spread(subcommand);
    }
  }
}
