package org.tdro.tools;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.tdro.config.KeyReference;
import org.tdro.tools.options.ConfigArguments;
import org.tdro.training.config.RunConfig;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/**
 * The command {@code tdro generate-completion}, which prints a script that completes commands, options and keys of the configuration.
 * picocli's own script knows neither {@code KEY=VALUE} nor words in lower case.
 */
@Command(
    name = "generate-completion",
    mixinStandardHelpOptions = true,
    description =
        "Print a script for bash or zsh that completes commands, options, keys and their values.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(tdro generate-completion)",
      "  tdro generate-completion > ~/.local/share/bash-completion/completions/tdro"
    })
final class CompletionCommand implements Callable<Integer> {
  private static final String SCRIPT = "completion.bash";

  /** The options of a group of which one is to be chosen. */
  private static final int CHOICE = 2;

  @Spec
  private CommandSpec spec;

  private final Map<String, String> commands = new LinkedHashMap<>();
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Map<String, String> valued = new LinkedHashMap<>();
  private final Map<String, String> values = new LinkedHashMap<>();
  private final List<String> configured = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    add(spec.root().commandLine());
    var reference = RunConfig.composer(Optional.empty()).reference();
    var out = spec.commandLine().getOut();
    out.println("#!/usr/bin/env bash");
    out.println(
        "# Completion of tdro for bash and zsh. To use it: source <(tdro generate-completion)");
    out.print(function("_tdro_commands", commands));
    out.print(function("_tdro_options", options));
    out.print(function("_tdro_valued", valued));
    out.print(function("_tdro_values", values));
    out.print(function("_tdro_key_values", keyValues(reference)));
    out.printf("_tdro_configured='%s'%n", String.join(" ", configured));
    out.printf("_tdro_keys='%s'%n", String.join(" ", keys(reference)));
    try (var script = CompletionCommand.class.getResourceAsStream(SCRIPT)) {
      out.print(new String(script.readAllBytes(), UTF_8));
    }
    out.flush();
    return 0;
  }

  private void add(CommandLine command) {
    var name = command.getCommandSpec().qualifiedName();
    commands.put(name, String.join(" ", command.getSubcommands().keySet()));
    var ofCommand = command.getCommandSpec().options();
    options.put(name, names(ofCommand.stream()));
    valued.put(name, names(ofCommand.stream().filter(option -> option.arity().max() > 0)));
    for (var option : ofCommand) {
      for (var spelling : option.names()) {
        values.put(name + " " + spelling, String.join(" ", words(option)));
      }
    }
    if (command.getCommandSpec().positionalParameters().stream()
        .anyMatch(parameter -> parameter.paramLabel().equals(ConfigArguments.LABEL))) {
      configured.add("<" + name + ">");
    }
    command.getSubcommands().values().forEach(this::add);
  }

  private static String names(Stream<OptionSpec> options) {
    return String.join(" ", options.flatMap(option -> Stream.of(option.names())).toList());
  }

  /** Returns the values that an option takes, if they can be listed; constants in the lower case of the documentation. */
  private static List<String> words(OptionSpec option) {
    if (option.completionCandidates() == null) {
      return List.of();
    }
    return StreamSupport.stream(option.completionCandidates().spliterator(), false)
        .map(word -> option.type().isEnum() ? word.toLowerCase(Locale.ROOT) : word)
        .toList();
  }

  private static List<String> keys(KeyReference<?> reference) {
    var keys = new ArrayList<String>();
    reference.groups().stream()
        .filter(group -> group.equals("data") || reference.options(group).size() >= CHOICE)
        .forEach(group -> keys.add(group + "="));
    keys.add("experiment=");
    reference.words("stage").forEach(stage -> keys.add("stages." + stage + "."));
    reference.keys().forEach(key -> keys.add(key + "="));
    return keys;
  }

  private static Map<String, String> keyValues(KeyReference<?> reference) {
    var words = new LinkedHashMap<String, String>();
    Stream.concat(reference.groups().stream(), Stream.of("experiment"))
        .filter(group -> reference.options(group).size() >= CHOICE)
        .forEach(group -> words.put(group, String.join(" ", reference.options(group))));
    reference.keys().forEach(key -> words.put(key, String.join(" ", reference.words(key))));
    return words;
  }

  /** Returns a shell function that prints the words of its argument. */
  private static String function(String name, Map<String, String> words) {
    var text = new StringBuilder(name + "() {\n  case $1 in\n");
    words.forEach((argument, listed) -> {
      if (!listed.isEmpty()) {
        text.append("    '%s') printf '%%s\\n' '%s' ;;\n".formatted(argument, listed));
      }
    });
    return text.append("  esac\n}\n").toString();
  }
}
