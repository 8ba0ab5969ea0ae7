package org.tdro.tools.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a check found.
 *
 * @param subject what was looked at
 * @param status whether it is as it should be
 * @param found what there is
 * @param advice what to do, empty where nothing
 * @param figures what was measured, by name with the unit
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Finding(
    @JsonProperty String subject,
    @JsonProperty Status status,
    @JsonProperty String found,
    @JsonProperty String advice,
    @JsonProperty Map<String, Double> figures) {

  /** Whether something is as it should be. */
  public enum Status {
    /** It is. */
    OK,
    /** It is worth knowing, and everything works. */
    NOTE,
    /** Something that is needed does not work. */
    PROBLEM;

    /** As it is printed. */
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

  /** The same, with a figure. */
  Finding with(String name, double value) {
    var more = new LinkedHashMap<>(figures);
    more.put(name, value);
    return new Finding(subject, status, found, advice, more);
  }
}
