package org.tdro.mixing.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Locale;
import org.tdro.mixing.audit.PositiveRanks.Estimate;
import org.tdro.rows.duplicates.RepeatedRows;

/**
 * What is known of one domain.
 *
 * @param domain its name
 * @param compared number of rows whose positives were ranked; the losses and the estimate are of these
 * @param losses absent if no row could be compared with another
 * @param mispaired share of rows whose query and positive do not seem to belong together, at most: the estimate of the model that
 *     takes fewer rows for mispaired, the start or a trained one on rows that it has not seen; absent if no row could be compared
 * @param contradicted share of rows whose own negatives look as good as the positive, at most, estimated in the same way from the ranks of
 *     positives among the negatives of their rows; absent if rows have no negatives
 * @param repeated copies within the domain, and overlap with others
 * @param worst the compared rows that fit least, the worst first: those with the largest losses of a model that has not seen them or,
 *     where the domain is suspected for its negatives, with the largest losses among these
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
  "domain",
  "suspicion",
  "suspected",
  "verdict",
  "reason",
  "compared",
  "losses",
  "mispaired",
  "contradicted",
  "repeated",
  "worst"
})
public record DomainAudit(
    String domain,
    int compared,
    @JsonSetter(nulls = Nulls.SET) Losses losses,
    @JsonSetter(nulls = Nulls.SET) Estimate mispaired,
    @JsonSetter(nulls = Nulls.SET) Estimate contradicted,
    RepeatedRows repeated,
    @JsonSetter(nulls = Nulls.SET) List<RowExample> worst) {

  /** A domain with at least this {@link #suspicion} is suspected. */
  public static final double SUSPECTED = 0.3;

  /**
   * So many rows may have negatives that look as good as the positive: negatives are mined to be hard, and to a weak model those of a hard domain look
   * better.
   */
  private static final double HARD = 0.5;

  /** A model whose loss is above this share of the chance level cannot tell a row's positive from its negatives in a clean domain either. */
  private static final double UNDERSTOOD = 0.6;

  /** Below this share of the chance level, a loss is near 0. */
  private static final double NEAR_ZERO = 0.02;

  /** Below this share of the loss of unseen rows, that of seen rows is one of memory. */
  private static final double MEMORY = 0.1;

  /** A model that has learned less than this share of what there was to learn has learned nothing. */
  private static final double NOTHING = 0.1;

  public DomainAudit {
    // Audits written by earlier versions have none.
    worst = worst == null ? List.of() : List.copyOf(worst);
  }

  /**
   * Mean losses −log softmax(s/τ) of positives among n passages.
   *
   * @param chance ln n, the loss of a guess
   * @param start loss of the model before training
   * @param unseen loss of trained models, each on the rows of the fold that it has not seen
   * @param seen loss of the same models on the rows that they were trained on
   */
  public record Losses(double chance, double start, double unseen, double seen) {
    /**
     * Returns the share of the loss that training removes on unseen rows, (l − unseen) / l, where l is the loss at the start, or of a guess if that
     * is smaller; below 0 if training makes it worse.
     */
    public double learned() {
      double before = Math.min(start, chance);
      return (before - unseen) / before;
    }
  }

  /** The state of a domain in words. */
  public enum Verdict {
    /** Training on some rows helps on others. */
    LEARNABLE("learnable"),
    /** Nearly every unseen row is right. */
    SATURATED("saturated"),
    /** Seen rows are far better than unseen ones. */
    MEMORISED("memorised"),
    /** Training improves little on the start. */
    NOTHING_LEFT("nothing left to learn"),
    /** Queries and positives do not belong together in too many rows. */
    NOISE("looks like noise"),
    /** Too many rows repeat others. */
    COPIES("copies"),
    /** There are no two rows to compare. */
    UNKNOWN("too few rows");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    @JsonValue
    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * Ranks that one model gives positives.
   *
   * @param others among the positives of other rows
   * @param own among the negatives of their own rows
   */
  public record Ranks(PositiveRanks others, PositiveRanks own) {
    /** Returns the ranks of the rows of both. */
    public Ranks plus(Ranks more) {
      return new Ranks(others.plus(more.others), own.plus(more.own));
    }
  }

  /**
   * Returns the audit of a domain.
   *
   * @param start ranks by the model before training
   * @param unseen ranks by trained models of rows that they were not trained on
   * @param seen ranks by them of rows that they were trained on
   * @param worst rows that fit least among the positives of other rows
   * @param outranked rows that fit least among their own negatives
   */
  public static DomainAudit of(
      String domain,
      Ranks start,
      Ranks unseen,
      Ranks seen,
      RepeatedRows repeated,
      List<RowExample> worst,
      List<RowExample> outranked) {
    int compared = unseen.others().rows().size();
    var audit = new DomainAudit(
        domain,
        compared,
        compared == 0
            ? null
            : new Losses(
                unseen.others().chance(),
                start.others().loss(),
                unseen.others().loss(),
                seen.others().loss()),
        better(start.others(), unseen.others()),
        better(start.own(), unseen.own()),
        repeated,
        worst);
    return audit.verdict() == Verdict.NOISE && !audit.isMispaired()
        ? audit.withWorst(outranked)
        : audit;
  }

  private DomainAudit withWorst(List<RowExample> rows) {
    return new DomainAudit(domain, compared, losses, mispaired, contradicted, repeated, rows);
  }

  /** Returns the estimate of the model that takes fewer rows for mispaired; null without rows. */
  private static Estimate better(PositiveRanks start, PositiveRanks unseen) {
    if (unseen.rows().isEmpty()) {
      return null;
    }
    var before = start.mispaired();
    var after = unseen.mispaired();
    return before.value() < after.value() ? before : after;
  }

  /**
   * Returns how sure it is that rows of the domain do harm, from 0 to 1: the largest of the share of rows that look mispaired; of the share that their own
   * negatives contradict, beyond what hard domains have, (share − ½) / ½, if the model has learned enough of the domain to be believed; and of the
   * share of copies. Estimates count less one standard error.
   */
  @JsonProperty
  public double suspicion() {
    return Math.max(
        repeated.copyShare(),
        Math.max(
            atLeast(mispaired), isUnderstood() ? (atLeast(contradicted) - HARD) / (1 - HARD) : 0));
  }

  /** Returns whether mispaired rows alone make the domain suspected. */
  private boolean isMispaired() {
    return atLeast(mispaired) >= SUSPECTED;
  }

  private boolean isUnderstood() {
    return losses != null && losses.unseen() < UNDERSTOOD * losses.chance();
  }

  private static double atLeast(Estimate estimate) {
    return estimate == null ? 0 : Math.max(0, estimate.value() - estimate.standardError());
  }

  /** Returns whether the domain is better left out, as far as the audit can tell. */
  @JsonProperty
  public boolean suspected() {
    return suspicion() >= SUSPECTED;
  }

  /** Returns the verdict: the first that applies of copies or noise, whichever is larger, and then in the order of the tests here. */
  @JsonProperty
  public Verdict verdict() {
    if (suspected()) {
      return repeated.copyShare() >= suspicion() ? Verdict.COPIES : Verdict.NOISE;
    }
    if (losses == null) {
      return Verdict.UNKNOWN;
    }
    if (losses.learned() < NOTHING) {
      return Verdict.NOTHING_LEFT;
    }
    if (losses.unseen() < NEAR_ZERO * losses.chance()) {
      return Verdict.SATURATED;
    }
    return losses.seen() < MEMORY * losses.unseen() ? Verdict.MEMORISED : Verdict.LEARNABLE;
  }

  /** Returns the verdict's reason, a sentence with numbers. */
  @JsonProperty
  public String reason() {
    return switch (verdict()) {
      case LEARNABLE ->
        text(
            "training takes the loss of unseen rows from %.2f to %.2f (a guess: %.2f), and at most %.0f %% of the rows look mispaired",
            losses.start(), losses.unseen(), losses.chance(), 100 * mispaired.value());
      case SATURATED ->
        text(
            "the loss of unseen rows is %.3f after training (a guess: %.2f): further rows teach little",
            losses.unseen(), losses.chance());
      case MEMORISED ->
        text(
            "the loss is %.3f on seen rows and %.2f on unseen ones: further passes only memorise",
            losses.seen(), losses.unseen());
      case NOTHING_LEFT ->
        text(
            "the loss of unseen rows is %.2f before and %.2f after training (a guess: %.2f): there is little to learn, or the runs are too short",
            losses.start(), losses.unseen(), losses.chance());
      case NOISE ->
        isMispaired()
            ? text(
                "query and positive do not seem to belong together in %.0f %% of the rows (± %.0f), and the loss of unseen rows is %.2f (a guess: %.2f)",
                100 * mispaired.value(),
                100 * mispaired.standardError(),
                losses.unseen(),
                losses.chance())
            : text(
                "in %.0f %% of the rows (± %.0f), their own negatives look as good as the positive: right answers may be among the negatives",
                100 * contradicted.value(), 100 * contradicted.standardError());
      case COPIES ->
        text(
            "%d of %d rows have the query and the positives of an earlier row",
            repeated.copies(), repeated.rows());
      case UNKNOWN -> "there are no two rows with different texts to compare";
    };
  }

  private static String text(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
