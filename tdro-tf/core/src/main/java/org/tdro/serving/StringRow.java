package org.tdro.serving;

import java.util.List;

/**
 * A text as a signature takes it that tokenises in its graph.
 *
 * @param values the bytes of each input, in the order of {@link StringCall#names}; of a passage its text and perhaps its title
 */
record StringRow(List<byte[]> values) {}
