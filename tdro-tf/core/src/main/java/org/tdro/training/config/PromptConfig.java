package org.tdro.training.config;

/**
 * The text that goes before the texts of a domain; empty for none.
 *
 * @param query before each query, for example <code>Instruct: Find the paper.\nQuery: </code>
 * @param passage before each passage, for symmetric tasks
 */
public record PromptConfig(String query, String passage) {}
