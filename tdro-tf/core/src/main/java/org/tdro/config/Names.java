package org.tdro.config;

import com.typesafe.config.ConfigUtil;
import java.util.Locale;
import java.util.regex.Pattern;

/** How names are written in files: kebab case, dots between the parts of a key. */
final class Names {
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  private Names() {}

  /** {@code batchSize} as {@code batch-size}. */
  static String key(String component) {
    return HUMP.matcher(component).replaceAll("-").toLowerCase(Locale.ROOT);
  }

  /** {@code IN_BATCH} as {@code in-batch}. */
  static String key(Enum<?> constant) {
    return constant.name().replace('_', '-').toLowerCase(Locale.ROOT);
  }

  /** The key {@code name} under {@code parent}, which is empty for the root; a name with dots is quoted. */
  static String below(String parent, String name) {
    var last = ConfigUtil.joinPath(name);
    return parent.isEmpty() ? last : parent + "." + last;
  }
}
