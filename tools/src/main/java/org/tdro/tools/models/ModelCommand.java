package org.tdro.tools.models;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.tdro.io.Json;
import org.tdro.keras.Weight;
import org.tdro.models.Projection;
import org.tdro.retriever.EncoderModel;
import org.tdro.retriever.RetrieverSettings;
import org.tdro.retriever.RetrieverSource;
import org.tdro.retriever.store.PretrainedRetriever;
import org.tdro.retriever.store.StoredRetrievers;
import org.tdro.text.PromptTemplate;
import org.tdro.text.Prompts;
import org.tdro.text.TextKind;
import org.tdro.tools.options.CommandGroup;
import org.tdro.tools.options.EncodingOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code tdro model}, the parent of those that look at a model or make one of another. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    description = "Look at a trained or published model, or make a fast static one of it.",
    subcommands = {ModelCommand.Show.class, ModelDistilCommand.class})
public final class ModelCommand extends CommandGroup {
  /** The command {@code tdro model show}, which says how a folder was understood. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {
        "Show how a model's folder is understood: architecture, pooling, prompts and the texts that get them, lengths, similarity, size, and the keys of its files that nothing needs.",
        "",
        "Weights are not read."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  tdro model show models/all-MiniLM-L6-v2",
        "  tdro model show runs/first/finetune-top70 --json"
      })
  static final class Show implements Callable<Integer> {
    private static final int NAME_WIDTH = 24;

    @Parameters(
        paramLabel = "MODEL",
        description =
            "Folder of a complete run, of its model, of a model in Hugging Face's format, or of PEFT adapters.")
    private Path folder;

    @Option(names = "--json", description = "Print JSON instead of lines.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
      EncodingOptions.checkExists("MODEL", folder);
      var facts = facts(StoredRetrievers.of(folder));
      var out = spec.commandLine().getOut();
      if (json) {
        out.println(Json.pretty(facts));
      } else {
        print(Json.object(Json.line(facts), "model"), "", out);
      }
      out.flush();
      return 0;
    }

    private static Map<String, Object> facts(RetrieverSource stored) {
      var settings = stored.settings();
      var spec = settings.spec();
      var facts = new LinkedHashMap<String, Object>();
      facts.put("folder", stored.path().toString());
      facts.put(
          "form",
          stored instanceof PretrainedRetriever
              ? "Hugging Face and sentence-transformers"
              : "tdro");
      facts.put("architecture", spec.architecture());
      facts.put("parameters", parameters(settings));
      facts.put("pooling", word(spec.pooling()));
      facts.put(
          "projection", spec.projections().stream().map(Projection::toString).toList());
      facts.put("dimension", spec.dimension());
      facts.put("normalize", spec.normalize());
      facts.put("similarity", word(settings.similarity()));
      facts.put("encoders", spec.untied() ? "one for queries, one for passages" : "one");
      if (spec.lora().adapts()) {
        facts.put("adapters", spec.lora());
        facts.put("base", settings.base().folder());
      }
      if (!settings.matryoshkaDimensions().isEmpty()) {
        facts.put("trained dimensions", settings.trainedDimensions());
      }
      for (var kind : TextKind.values()) {
        int most = settings.maxLength(kind);
        facts.put(word(kind) + " length", most == Integer.MAX_VALUE ? "any" : most);
      }
      facts.put("prompts", prompts(settings.prompts()));
      if (stored instanceof PretrainedRetriever published) {
        facts.put("keys without effect", published.folder().keysWithoutEffect());
        facts.put("keys not known", published.folder().unknownKeys());
      }
      return facts;
    }

    /** Returns the number of weights, those of a base included. */
    private static long parameters(RetrieverSettings settings) {
      try (var model = new EncoderModel(settings.spec(), 0)) {
        return model.encoders().weights().stream().mapToLong(Weight::size).sum();
      }
    }

    /** Returns each prompt after the texts that get it. */
    private static Map<String, String> prompts(Prompts prompts) {
      var texts = new LinkedHashMap<String, String>();
      for (var kind : TextKind.values()) {
        var plural = kind.plural();
        texts.put("all " + plural, shown(prompts.of(kind, Prompts.EVERY_TASK)));
        for (var task : prompts.names(kind)) {
          texts.put(plural + " with --prompt " + task, shown(prompts.of(kind, task)));
        }
      }
      return texts;
    }

    private static String shown(PromptTemplate prompt) {
      return prompt.equals(PromptTemplate.IDENTITY) ? "none" : Json.line(prompt.template());
    }

    private static String word(Enum<?> value) {
      return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void print(JsonNode section, String indent, PrintWriter out) {
      section.properties().forEach(fact -> {
        var value = fact.getValue();
        if (value.isObject()) {
          out.printf("%s%s%n", indent, fact.getKey());
          print(value, indent + "  ", out);
        } else if (value.isArray() && !value.isEmpty()) {
          out.printf("%s%s%n", indent, fact.getKey());
          value.forEach(line -> out.printf("%s  %s%n", indent, line.asText()));
        } else {
          var text = value.isArray() ? "none" : value.asText();
          out.printf(
              "%s%-" + (NAME_WIDTH - indent.length()) + "s  %s%n", indent, fact.getKey(), text);
        }
      });
    }
  }
}
