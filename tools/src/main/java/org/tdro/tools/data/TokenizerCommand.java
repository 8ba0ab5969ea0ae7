package org.tdro.tools.data;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.TrainingTexts;
import org.tdro.text.BytePairTrainer;
import org.tdro.text.WordCounts;
import org.tdro.tools.options.CommandGroup;
import org.tdro.tools.options.Overwriting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tdro tokenizer}, the parent of those that make tokenizers. */
@Command(
    name = "tokenizer",
    description = "Learn a vocabulary from training rows.",
    mixinStandardHelpOptions = true,
    subcommands = TokenizerCommand.Train.class,
    footerHeading = "%nExamples:%n",
    footer = "  tdro tokenizer train --vocabulary-size 32000 --out tokenizer.json data/train")
public final class TokenizerCommand extends CommandGroup {
  /** The command {@code tdro tokenizer train}, which learns a byte-level vocabulary from training rows. */
  @Command(
      name = "train",
      description = {
        "Learn a byte-level BPE vocabulary and write it as a Hugging Face tokenizer.json.",
        "",
        "It is learned from the queries and positive passages of training rows. The tokenizer appends "
            + "the end token <|endoftext|> (id 1) to each text; <|pad|> is id 0. Texts are normalised to NFKC and lower case.",
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footerHeading = "%nExamples:%n",
      footer = {
        "  tdro tokenizer train --out tokenizer.json data/train",
        "  tdro tokenizer train --vocabulary-size 8000 --keep-case --out tokenizer.json trivia.jsonl.gz news.jsonl",
      })
  static final class Train implements Callable<Integer> {
    @Mixin
    private TrainingFiles files;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "The tokenizer.json to write.")
    private Path output;

    @Mixin
    private Overwriting overwriting;

    @Option(
        names = "--vocabulary-size",
        defaultValue = "32000",
        paramLabel = "N",
        description = "Number of ids, at least 258 (default: ${DEFAULT-VALUE}).")
    private int vocabularySize;

    @Option(
        names = "--keep-case",
        description = "Leave texts as they are, without NFKC and lower case.")
    private boolean keepCase;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
      overwriting.check("--out", output);
      var trainer = new BytePairTrainer(vocabularySize);
      var counts = new WordCounts(!keepCase);
      var err = spec.commandLine().getErr();
      var rows = files.rows();
      TrainingTexts.count(
          DomainFiles.sources(files.places(), rows, err::println).values(),
          rows,
          counts,
          files.threads());
      var vocabulary = trainer.train(counts);
      vocabulary.write(output);
      var out = spec.commandLine().getOut();
      out.printf("%s: %d ids%n", output, vocabulary.size());
      out.flush();
      return 0;
    }
  }
}
