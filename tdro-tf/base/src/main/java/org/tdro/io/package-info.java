/**
 * What the file system does not offer: files and folders that appear whole or not at all, logs that are cut back, the hash of
 * a content. The lowest floor: every room may use it.
 */
package org.tdro.io;
