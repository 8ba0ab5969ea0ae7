package org.tdro.tools.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.tdro.io.AtomicWrite;
import org.tdro.io.FileException;
import org.tdro.io.InputException;
import org.tdro.io.OrderedParallel;
import org.tdro.io.Problems;
import org.tdro.rows.DomainFiles;
import org.tdro.rows.RowSource;
import org.tdro.rows.RowWriter;
import org.tdro.rows.TrainingRow;
import org.tdro.rows.records.FileKind;
import org.tdro.tools.options.Overwriting;
import org.tdro.tools.options.ProgressOptions;
import org.tdro.tools.options.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code tdro data convert}, which writes training rows of any form as lines of JSON. */
@Command(
    name = "convert",
    description = {
      "Write training rows of any form as lines of JSON, in Tevatron's form.",
      "",
      "Files are .jsonl, .json (a list or lines), .csv (with commas or semicolons) and .tsv, with a header, each also .gz or .zst, .parquet, and .arrow (files "
          + "and streams). Folders are those of BEIR (qrels/train.tsv) and MS MARCO, data sets that Hugging Face's library saved, and "
          + "numbered parts of one file. The form of rows is recognised by the first of them:",
      "",
      "  tevatron               query, positive_passages, negative_passages",
      "  tevatron-ids           positive_document_ids, …; documents in corpus.*",
      "  sentence-transformers  anchor, positive, negative; query, answer; …",
      "  flagembedding          query, pos, neg, pos_scores, neg_scores",
      "  dpr                    question, positive_ctxs, hard_negative_ctxs, …",
      "  beir, msmarco          folders; grades above 0 are positives, 0 negatives",
      "  msmarco-triples        triples*.tsv: query, positive, negative; no header",
      "",
      "A query without an id gets a hash of its text. Import and training read all of this themselves; convert shows what they read.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  tdro data convert pairs.csv --output data/train/faq.jsonl",
      "  tdro data convert downloads/scifact downloads/nli.parquet --output data/train",
      "  tdro data convert log.csv --columns=query=asked,positive=clicked --on-error skip --output data/train/log.jsonl.gz",
    })
final class DataConvertCommand implements Callable<Integer> {
  private static final int CHUNK_ROWS = 256;

  @Mixin
  private TrainingFiles files;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE|DIR",
      description =
          "A file, .jsonl, .jsonl.gz or .jsonl.zst, for the rows of one domain; or a folder for a file DOMAIN.jsonl of each.")
  private Path output;

  @Option(names = "--gzip", description = "In a folder, write DOMAIN.jsonl.gz.")
  private boolean gzip;

  @Mixin
  private Overwriting overwriting;

  @Mixin
  private ProgressOptions progress;

  @Spec
  private CommandSpec spec;

  private record Counts(long rows, long positives, long negatives) {}

  @Override
  public Integer call() {
    var err = spec.commandLine().getErr();
    var sources = DomainFiles.sources(files.places(), files.rows(), err::println);
    var targets = new LinkedHashMap<String, Path>();
    sources.keySet().forEach(domain -> targets.put(domain, target(domain, sources.size())));
    targets.forEach((domain, target) -> check(sources.get(domain), target));
    var table = new TextTable("domain", "rows", "positives", "negatives", "");
    for (var source : sources.entrySet()) {
      var target = targets.get(source.getKey());
      var counts = convert(source, target);
      table.row(source.getKey(), counts.rows(), counts.positives(), counts.negatives(), target);
    }
    var out = spec.commandLine().getOut();
    out.print(table);
    out.flush();
    return 0;
  }

  private Path target(String domain, int domains) {
    if (!isFile(output)) {
      if (FileKind.of(output).isPresent() && !Files.isDirectory(output)) {
        throw new ParameterException(
            spec.commandLine(),
            "--output: rows are written as DOMAIN.jsonl, .jsonl.gz or .jsonl.zst, not as "
                + output.getFileName());
      }
      return output.resolve(domain + (gzip ? ".jsonl.gz" : ".jsonl"));
    }
    if (domains > 1) {
      throw new ParameterException(
          spec.commandLine(), "--output: there are " + domains + " domains; name a folder");
    }
    return output;
  }

  private static boolean isFile(Path output) {
    return output.getFileName().toString().matches("(?i).+\\.jsonl(\\.gz|\\.zst)?")
        && !Files.isDirectory(output);
  }

  private void check(Path source, Path target) {
    overwriting.check("--output", target);
    if (source.toAbsolutePath().normalize().equals(target.toAbsolutePath().normalize())) {
      throw new ParameterException(
          spec.commandLine(), "--output: " + target + " is the file that is read");
    }
  }

  private Counts convert(Map.Entry<String, Path> source, Path target) {
    var counts = new long[3];
    AtomicWrite.file(target, beside -> {
      try (var rows = RowSource.open(source.getValue(), files.rows());
          var writer = RowWriter.open(beside, target);
          var shown = progress.phase(source.getKey(), "rows", OptionalLong.empty())) {
        var problems = new Problems();
        OrderedParallel.forEach(
            rows.chunks(CHUNK_ROWS), files.threads(), DataConvertCommand::parsed, chunk -> {
              problems.fill(chunk.problems());
              if (problems.isFull()) {
                problems.throwIfAny();
              }
              for (var row : chunk.rows()) {
                write(row, writer, target);
                counts[0]++;
                counts[1] += row.positives().size();
                counts[2] += row.negatives().size();
              }
              shown.add(chunk.rows().size());
            });
        problems.throwIfAny();
        if (counts[0] == 0) {
          throw new InputException(source.getValue() + ": holds no rows");
        }
      }
    });
    return new Counts(counts[0], counts[1], counts[2]);
  }

  private record Chunk(List<TrainingRow> rows, List<String> problems) {}

  private static Chunk parsed(List<RowSource.Unparsed> chunk) {
    var parsed = new Chunk(new ArrayList<>(chunk.size()), new ArrayList<>());
    for (var row : chunk) {
      try {
        parsed.rows().add(row.parse());
      } catch (InputException e) {
        parsed.problems().addAll(e.problems());
      }
    }
    return parsed;
  }

  private static void write(TrainingRow row, RowWriter writer, Path target) {
    try {
      writer.write(row);
    } catch (IOException e) {
      throw FileException.writing(target, e);
    }
  }
}
