package org.tdro.huggingface.safetensors;

import java.util.List;
import java.util.Map;

/**
 * What a header says.
 *
 * @param entries tensors in the order of the header, their names different
 * @param complete whether all of the header's tensors are here; those with unusable entries are not
 */
record Header(Map<String, String> metadata, List<Entry> entries, boolean complete) {
  /**
   * A tensor and where its bytes are said to be.
   *
   * @param begin first byte, counted from the end of the header
   * @param end byte after the last
   */
  record Entry(TensorSpec spec, long begin, long end) {}
}
