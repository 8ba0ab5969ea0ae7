package org.tdro.tools.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The result of a check.
 *
 * @param subject the part that was checked
 * @param status whether it works
 * @param found description of what was found
 * @param advice what to do; empty if nothing needs to be done
 * @param figures measured values, by name with the unit
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Finding(
    @JsonProperty String subject,
    @JsonProperty Status status,
    @JsonProperty String found,
    @JsonProperty String advice,
    @JsonProperty Map<String, Double> figures) {

  /** The verdict on a part. */
  public enum Status {
    /** It works. */
    OK,
    /** It works, and there is something worth knowing. */
    NOTE,
    /** It is needed and does not work. */
    PROBLEM;

    /** Returns the word that is printed. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Finding {
    figures = Map.copyOf(figures);
  }

  static Finding ok(String subject, String found) {
    return new Finding(subject, Status.OK, found, "", Map.of());
  }

  static Finding note(String subject, String found, String advice) {
    return new Finding(subject, Status.NOTE, found, advice, Map.of());
  }

  static Finding problem(String subject, String found, String advice) {
    return new Finding(subject, Status.PROBLEM, found, advice, Map.of());
  }

  /** Returns the same finding with a further figure. */
  Finding with(String name, double value) {
    var more = new LinkedHashMap<>(figures);
    more.put(name, value);
    return new Finding(subject, status, found, advice, more);
  }
}
